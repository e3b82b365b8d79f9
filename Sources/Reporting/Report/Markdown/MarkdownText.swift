/// Text from outside as Markdown in which it means nothing but itself (CommonMark 0.31, section 2.5: an entity never
/// stands for structure; GitHub's tables and links included).
enum MarkdownText {
    /// One line, for a table cell or a sentence. A word in backticks stays one: nothing in it could end it.
    static func line(_ text: String, limit: Int = 400) -> String {
        let scalars = Array(clipped(SafeText.line(text), limit).unicodeScalars)
        var result = ""
        var place = 0
        while place < scalars.count {
            if let end = endOfWordInBackticks(scalars, at: place) {
                result.unicodeScalars.append(contentsOf: scalars[place...end])
                place = end + 1
                continue
            }
            let scalar = scalars[place]
            place += 1
            let next = place < scalars.count ? scalars[place] : " "
            switch scalar {
            case "&", "<", ">", "|", "\\", "`", "*", "_", "[", "]", "~", "#", "!", "$", "@":
                result += "&#\(scalar.value);"
            // No link and no emoji that nobody made: either begins without a space.
            case ":" where next != " ": result += "&#58;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return startingNothing(result.replacing("www.", with: "www&#46;"))
    }

    /// Without what would begin a list, a heading or a rule at the start of a line.
    private static func startingNothing(_ line: String) -> String {
        guard let first = line.unicodeScalars.first else { return line }
        let afterDigits = line.unicodeScalars.drop { "0123456789".unicodeScalars.contains($0) }.first
        let isNumbered = "0123456789".unicodeScalars.contains(first) && (afterDigits == "." || afterDigits == ")")
        guard isNumbered || "-+= ".unicodeScalars.contains(first) else { return line }
        return "&#\(first.value);" + String(line.unicodeScalars.dropFirst())
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._/@-".unicodeScalars.contains(scalar))
    }

    /// The last place of `word`, one backtick on each side and none beside them; nil where nothing of the kind begins.
    private static func endOfWordInBackticks(_ scalars: [Unicode.Scalar], at start: Int) -> Int? {
        guard scalars[start] == "`", start == 0 || scalars[start - 1] != "`" else { return nil }
        var end = start + 1
        while end < scalars.count, isPlain(scalars[end]) { end += 1 }
        guard end > start + 1, end < scalars.count, scalars[end] == "`" else { return nil }
        return end + 1 < scalars.count && scalars[end + 1] == "`" ? nil : end
    }

    /// One line as code: no mention, no link, no emphasis. What is plain can be copied out of the source as it is.
    static func code(_ text: String, limit: Int = 200) -> String {
        guard !text.isEmpty else { return "" }
        if text.utf8.count <= limit, text.unicodeScalars.allSatisfy(isPlain), !text.contains("www.") {
            return "`\(text)`"
        }
        return "<code>\(line(text, limit: limit))</code>"
    }

    /// Lines as a block of code, with a fence that is longer than any run of backticks in them.
    static func block(_ lines: [String], language: String = "") -> [String] {
        let safe = lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
            .map { clipped(SafeText.line(String($0)), 2000) }
        var longest = 0
        for line in safe {
            var run = 0
            for character in line {
                run = character == "`" ? run + 1 : 0
                longest = max(longest, run)
            }
        }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return [fence + language] + safe + [fence]
    }

    private static func clipped(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self).filter { $0 != "\u{FFFD}" } + "…"
    }
}
