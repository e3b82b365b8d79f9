/// The patterns of one file in gitignore's syntax, as they apply to paths below that file's folder.
struct GitignoreRules: Hashable, Sendable {
    struct Pattern: Hashable, Sendable {
        /// Bytes that must be the path's beginning; the glob is matched with what comes after them. Git does it in this
        /// order too, which shows: behind such a beginning `**` counts as if it stood first.
        var prefix: [UInt8]
        var glob: GitGlob
        /// Lets back in what an earlier pattern left out.
        var isNegated: Bool
        var onlyFolders: Bool
        /// Has no slash, so that it is matched with the last name alone, at any depth.
        var onlyName: Bool
    }

    private(set) var patterns: [Pattern] = []

    init() {}

    /// Never fails: every text is a file of patterns, if of none that match.
    init(parsing text: [UInt8]) {
        append(parsing: text)
    }

    mutating func append(parsing text: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = text.starts(with: mark) ? text.dropFirst(mark.count) : text[...]
        for line in text.split(separator: UInt8(ascii: "\n")) {
            if let pattern = Self.pattern(line) { patterns.append(pattern) }
        }
    }

    /// Whether the last pattern that matches leaves the path out; nil when none does.
    func leavesOut(_ path: [UInt8], isFolder: Bool) -> Bool? {
        let name = path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
        let last = patterns.last { pattern in
            guard !pattern.onlyFolders || isFolder else { return false }
            let subject = pattern.onlyName ? name : path[...]
            return subject.starts(with: pattern.prefix) && pattern.glob.matches(subject.dropFirst(pattern.prefix.count))
        }
        return last.map { !$0.isNegated }
    }

    /// Whether the path is left out, by itself or with a folder above it: what is below such a folder cannot be let
    /// back in.
    func leavesOutWithParents(_ path: [UInt8], isFolder: Bool) -> Bool {
        let ends = path.indices.filter { path[$0] == UInt8(ascii: "/") }
        if ends.contains(where: { leavesOut(Array(path[..<$0]), isFolder: true) == true }) { return true }
        return leavesOut(path, isFolder: isFolder) == true
    }

    private static func pattern(_ line: ArraySlice<UInt8>) -> Pattern? {
        var text = line.prefix { $0 != 0 }
        if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
        guard text.first != UInt8(ascii: "#") else { return nil }
        text = withoutTrailingSpaces(text)
        let isNegated = text.first == UInt8(ascii: "!")
        if isNegated { text = text.dropFirst() }
        let onlyFolders = text.last == UInt8(ascii: "/")
        if onlyFolders { text = text.dropLast() }
        // Also what is nothing but `/` or `!`: git takes it for a name that no file has.
        guard !text.isEmpty else { return nil }
        let onlyName = !text.contains(UInt8(ascii: "/"))
        if text.first == UInt8(ascii: "/") { text = text.dropFirst() }
        let prefix = onlyName ? [] : Array(text.prefix { !"*?[\\".utf8.contains($0) })
        return Pattern(
            prefix: prefix, glob: GitGlob(text.dropFirst(prefix.count)), isNegated: isNegated, onlyFolders: onlyFolders,
            onlyName: onlyName)
    }

    /// A space after a backslash stays.
    private static func withoutTrailingSpaces(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var end = text.startIndex
        var position = text.startIndex
        while position < text.endIndex {
            if text[position] == UInt8(ascii: "\\") {
                // With the byte that it escapes, where there is one.
                position = min(position + 2, text.endIndex)
                end = position
            } else {
                position += 1
                if text[position - 1] != UInt8(ascii: " ") { end = position }
            }
        }
        return text[..<end]
    }
}
