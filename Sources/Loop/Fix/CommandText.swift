/// Text that a shell reads, as the commands in it: enough of POSIX.1 XCU 2.2 and 2.3 (quotes, comments, operators) to see
/// which files they name. Nothing is expanded, and a quote without an end ends with the text.
enum CommandText {
    private static let operators: Set<Character> = [";", "|", "&", "(", ")", "`", "\n", "\r\n"]

    /// Each command with its words, without their quotes. Redirections are words' ends.
    static func commands(in text: String) -> [[String]] {
        var commands: [[String]] = []
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        var isComment = false
        func endWord() {
            if let done = word { words.append(done) }
            word = nil
        }
        func endCommand() {
            endWord()
            if !words.isEmpty { commands.append(words) }
            words = []
        }
        for character in text {
            if isComment, !character.isNewline { continue }
            isComment = false
            if isEscaped {
                isEscaped = false
                // A backslash before the line's end joins the lines.
                if !character.isNewline { word = (word ?? "") + String(character) }
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == "#", word == nil {
                isComment = true
            } else if operators.contains(character) {
                endCommand()
            } else if character.isWhitespace || character == "<" || character == ">" {
                endWord()
            } else {
                word = (word ?? "") + String(character)
            }
        }
        endCommand()
        return commands
    }

    /// The commands themselves and those that are written within their words (`sh -c 'make test'`).
    static func nested(in words: [String], depth: Int = 4) -> [[String]] {
        guard depth > 0 else { return [words] }
        return [words]
            + words.flatMap { word -> [[String]] in
                let inner = commands(in: word)
                return inner == [[word]] || inner == [] ? [] : inner.flatMap { nested(in: $0, depth: depth - 1) }
            }
    }

    /// What of a word may be a path: all of it, and what is between signs that are no part of names (`--suite=a.sh`,
    /// `tests/a.py::test_b`, `$HERE/lib.sh`).
    static func paths(in word: String) -> [String] {
        guard word.utf8.count <= 4096 else { return [] }
        let signs: Set<Character> = ["=", "<", ">", ",", ":", "{", "}", "[", "]", "\"", "'", "(", ")", " ", "\t", "`"]
        var found = [word] + word.split { signs.contains($0) }.map(String.init)
        // `-fci.mk`, and a variable that names a folder.
        for part in found {
            if part.hasPrefix("-"), !part.hasPrefix("--") { found.append(String(part.dropFirst(2))) }
            if part.hasPrefix("$"), let slash = part.firstIndex(of: "/") {
                found.append(String(part[part.index(after: slash)...]))
            }
            if part.hasPrefix("/") { found += suffixes(of: part) }
        }
        return found.filter { !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasPrefix("/") }
    }

    /// `/w/scripts/check.sh` is `scripts/check.sh` where a container has the repository at `/w`. A name alone is too little.
    private static func suffixes(of path: String) -> [String] {
        let parts = path.split(separator: "/")
        guard parts.count > 1 else { return [parts.joined()] }
        return (0..<(parts.count - 1)).prefix(20).map { parts[$0...].joined(separator: "/") }
    }
}
