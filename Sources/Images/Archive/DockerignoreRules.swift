/// The patterns of a `.dockerignore`, by Docker's own rules: each is anchored at the context, matches what is below a
/// folder with the folder, and an exception (`!`) lets a file back in wherever it lies. The last one that matches
/// decides.
struct DockerignoreRules: Hashable, Sendable {
    struct Pattern: Hashable, Sendable {
        var isException: Bool
        var glob: DockerGlob
    }

    private(set) var patterns: [Pattern] = []

    /// Never fails. A line that Docker would refuse is passed over: the docker step reads the file again and says so.
    init(parsing text: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = text.starts(with: mark) ? text.dropFirst(mark.count) : text[...]
        for line in text.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            var pattern = Self.trimmed(String(decoding: line, as: UTF8.self).unicodeScalars[...])
            let isException = pattern.first == "!"
            if isException { pattern = Self.trimmed(pattern.dropFirst()) }
            var words = Self.cleaned(pattern)
            if words.count > 1, words.first == "/" { words.removeFirst() }
            if !words.isEmpty { patterns.append(Pattern(isException: isException, glob: DockerGlob(words))) }
        }
    }

    /// Whether a folder that is left out may hold what is let back in.
    var hasExceptions: Bool { patterns.contains(where: \.isException) }

    /// Where Docker's own reading is too odd to be followed, the answer is no: what is left in is looked at again by the
    /// docker step, what is left out is gone.
    func leavesOut(_ path: [UInt8]) -> Bool {
        let text = Array(String(decoding: path, as: UTF8.self).unicodeScalars)
        let ends = text.indices.filter { text[$0] == "/" } + [text.count]
        var isOut = false
        for pattern in patterns where pattern.isException == isOut {
            if pattern.glob.isOdd ? isOut : ends.contains(where: { pattern.glob.matches(text[..<$0]) }) {
                isOut = !pattern.isException
            }
        }
        return isOut
    }

    private static func trimmed(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        var text = text.drop { $0.properties.isWhitespace }
        while let last = text.last, last.properties.isWhitespace { text.removeLast() }
        return text
    }

    /// The shortest path that means the same, as Go's `path.Clean` makes it: without `.`, `..` and doubled slashes.
    private static func cleaned(_ pattern: Substring.UnicodeScalarView) -> [Unicode.Scalar] {
        guard !pattern.isEmpty else { return [] }
        let isRooted = pattern.first == "/"
        var parts: [[Unicode.Scalar]] = []
        for part in pattern.split(separator: "/").map(Array.init) where part != ["."] {
            if part == [".", "."], let last = parts.last, last != [".", "."] {
                parts.removeLast()
            } else if part != [".", "."] || !isRooted {
                parts.append(part)
            }
        }
        let path = Array(parts.joined(separator: ["/"]))
        if isRooted { return ["/"] + path }
        return path.isEmpty ? ["."] : path
    }
}
