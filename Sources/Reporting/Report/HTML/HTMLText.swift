/// Text from outside as HTML in which it means nothing but itself, in elements and in quoted attributes.
enum HTMLText {
    /// One line.
    static func line(_ text: String, limit: Int = 4000) -> String {
        escaped(SafeText.line(clipped(text, limit)))
    }

    /// Several lines, for `<pre>`.
    static func block(_ text: String, limit: Int = 16_000) -> String {
        clipped(text, limit).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { escaped(SafeText.line(String($0))) }.joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        let special: [UInt8] = [0x22, 0x26, 0x27, 0x3C, 0x3E]
        guard text.utf8.contains(where: special.contains) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func clipped(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self).filter { $0 != "\u{FFFD}" } + "… (cut)"
    }
}

/// A page as it is written: whole elements are handed on from time to time.
struct HTMLWriter {
    private var text = ""
    private let pieceSize = 64 << 10
    private let take: (String) -> Void

    init(_ take: @escaping (String) -> Void) { self.take = take }

    /// Markup.
    mutating func raw(_ markup: String) {
        text += markup
        text += "\n"
    }

    /// Whoever calls it is between two elements, so that nobody's text is cut into two.
    mutating func handOn() {
        guard text.utf8.count >= pieceSize else { return }
        take(text)
        text = ""
    }

    mutating func finish() {
        take(text)
        text = ""
    }

    mutating func section(_ id: String, _ title: String, _ write: (inout HTMLWriter) -> Void) {
        raw("<section aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(HTMLText.line(title))</h2>")
        write(&self)
        raw("</section>")
        handOn()
    }

    /// A table that can be scrolled by itself, and by keyboard. Cells are markup.
    mutating func table(
        _ caption: String, _ header: [String], numbers: Set<Int> = [], _ rows: [[String]], foot: [String]? = nil
    ) {
        let caption = HTMLText.line(caption)
        raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(caption), table\"><table>")
        raw("<caption class=\"sr\">\(caption)</caption><thead><tr>")
        raw(
            header.enumerated().map { "<th scope=\"col\"\(numbers.contains($0) ? " class=\"n\"" : "")>\($1)</th>" }
                .joined() + "</tr></thead><tbody>")
        func cells(_ row: [String]) -> String {
            row.enumerated().map { column, cell in
                column == 0
                    ? "<th scope=\"row\">\(cell)</th>"
                    : "<td\(numbers.contains(column) ? " class=\"n\"" : "")>\(cell)</td>"
            }.joined()
        }
        for row in rows { raw("<tr>\(cells(row))</tr>") }
        raw("</tbody>")
        if let foot { raw("<tfoot><tr>\(cells(foot))</tr></tfoot>") }
        raw("</table></div>")
    }

    /// Names and values; values are markup, and those that are nil are left out.
    mutating func facts(_ facts: [(String, String?)]) {
        let known = facts.compactMap { name, value in value.map { (name, $0) } }
        guard !known.isEmpty else { return }
        raw("<dl class=\"facts\">" + known.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined() + "</dl>")
    }
}
