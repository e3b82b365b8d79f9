/// Text from outside as Markdown in which it means nothing but itself (CommonMark 0.31, section 2.5: an entity never
/// stands for structure; GitHub's tables and links included).
enum MarkdownText {
    /// One line, for a table cell or a sentence.
    static func line(_ text: String, limit: Int = 400) -> String {
        var result = ""
        let cut = clipped(SafeText.line(text), limit)
        for scalar in cut.unicodeScalars {
            switch scalar {
            case "&", "<", ">", "|", "\\", "`", "*", "_", "[", "]", "~", "#", "!", "$", "@":
                result += "&#\(scalar.value);"
            // No link that nobody made.
            case ":": result += "&#58;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        // What would begin a list, a heading or a rule at the start of a line.
        guard let first = result.unicodeScalars.first, "-+=0123456789 ".unicodeScalars.contains(first) else {
            return result.replacing("www.", with: "www&#46;")
        }
        return "&#\(first.value);" + String(result.unicodeScalars.dropFirst()).replacing("www.", with: "www&#46;")
    }

    /// One line as code: no mention, no link, no emphasis.
    static func code(_ text: String, limit: Int = 200) -> String {
        guard !text.isEmpty else { return "" }
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
