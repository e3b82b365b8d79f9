/// A glob over paths below the repository's root. `*` and `?` stop at `/`, `**` does not; a pattern without `/` means a
/// name in any folder; one that names a folder means all that is in it.
package struct PathPattern: Hashable, Sendable {
    package var text: String
    /// As file systems that do not tell them apart: whoever forbids `suites` forbids `Suites`.
    package var ignoresCase: Bool
    private let parts: [[Character]]

    package init(_ text: String, ignoresCase: Bool = false) {
        self.text = text
        self.ignoresCase = ignoresCase
        let folded = ignoresCase ? text.lowercased() : text
        var parts = folded.split(separator: "/").filter { $0 != "." }.map(Array.init)
        let isAnchored = folded.dropLast(folded.hasSuffix("/") ? 1 : 0).contains("/")
        if !isAnchored, !parts.isEmpty { parts.insert(["*", "*"], at: 0) }
        self.parts = parts
    }

    package func matches(_ path: String) -> Bool {
        let names = (ignoresCase ? path.lowercased() : path).split(separator: "/").map(Array.init)
        // A `..` in a pattern is no name that a path can have: it matches nothing.
        guard !names.isEmpty, !parts.isEmpty else { return false }
        return (1...names.count).contains { Self.matches(parts[...], names[..<$0]) }
    }

    private static func matches(_ parts: ArraySlice<[Character]>, _ names: ArraySlice<[Character]>) -> Bool {
        var reachable: Set<Int> = [names.startIndex]
        for part in parts {
            if part == ["*", "*"] {
                guard let first = reachable.min() else { return false }
                reachable = Set(first...names.endIndex)
                continue
            }
            reachable = Set(
                reachable.filter { $0 < names.endIndex && matches(name: names[$0], part) }.map { $0 + 1 })
        }
        return reachable.contains(names.endIndex)
    }

    private static func matches(name: [Character], _ pattern: [Character]) -> Bool {
        var (patternIndex, nameIndex) = (0, 0)
        var resume: (pattern: Int, name: Int)?
        while nameIndex < name.count {
            if patternIndex < pattern.count, pattern[patternIndex] == "*" {
                resume = (patternIndex, nameIndex)
                patternIndex += 1
            } else if patternIndex < pattern.count,
                pattern[patternIndex] == "?" || pattern[patternIndex] == name[nameIndex]
            {
                patternIndex += 1
                nameIndex += 1
            } else if let last = resume {
                resume = (last.pattern, last.name + 1)
                patternIndex = last.pattern + 1
                nameIndex = last.name + 1
            } else {
                return false
            }
        }
        return pattern[patternIndex...].allSatisfy { $0 == "*" }
    }
}
