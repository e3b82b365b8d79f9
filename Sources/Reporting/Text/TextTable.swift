/// Columns padded to the widest cell; the last column is left as it is. Where that is wider than the terminal, cells are
/// folded; where even their longest words are, each row becomes a block of its own.
package struct TextTable {
    private static let gap = 2
    private var rows: [[String]] = []

    package init(_ header: [String]) {
        rows.append(header)
    }

    package mutating func add(_ row: [String]) {
        rows.append(row.map(SafeText.line))
    }

    package var text: String { text(columns: nil) }

    /// As wide as the terminal of results. Redacted before anything is folded, or a secret would be cut into parts that
    /// nobody knows.
    package func text(for console: Console) -> String {
        var table = self
        table.rows = rows.map { $0.map(console.redacted) }
        return table.text(columns: console.resultColumns)
    }

    /// - Parameter columns: of the terminal; nil where nobody is in the way of a long line.
    package func text(columns: Int?) -> String {
        let count = rows.map(\.count).max() ?? 0
        let natural = (0..<count).map { column in
            rows.map { column < $0.count ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0
        }
        let gaps = Self.gap * max(0, count - 1)
        guard let columns, natural.reduce(gaps, +) > columns else { return lines(natural, isFolded: false) }
        guard let widths = Self.fitted(natural, least: longestWords(count), room: columns - gaps) else {
            return blocks(columns: columns)
        }
        return lines(widths, isFolded: true)
    }

    /// The widest give way first; nil where not all words fit.
    private static func fitted(_ natural: [Int], least: [Int], room: Int) -> [Int]? {
        guard least.reduce(0, +) <= room else { return nil }
        var widths = natural
        while widths.reduce(0, +) > room {
            let shrinkable = widths.indices.filter { widths[$0] > least[$0] }
            guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { return nil }
            widths[widest] -= 1
        }
        return widths
    }

    /// Words stay whole: names, digests and addresses are there to be copied.
    private func longestWords(_ count: Int) -> [Int] {
        (0..<count).map { column in
            rows.map { row in
                guard column < row.count else { return 0 }
                return row[column].split(separator: " ").map { DisplayWidth.of(String($0)) }.max() ?? 0
            }.max() ?? 0
        }
    }

    private func lines(_ widths: [Int], isFolded: Bool) -> String {
        rows.flatMap { row -> [String] in
            let cells = row.enumerated().map { column, cell in
                WrappedText.lines(cell, columns: isFolded ? max(1, widths[column]) : nil)
            }
            return (0..<(cells.map(\.count).max() ?? 1)).map { line in
                let text = cells.enumerated().map { column, lines in
                    let text = line < lines.count ? lines[line] : ""
                    return column == row.count - 1 ? text : DisplayWidth.padded(text, to: widths[column])
                }.joined(separator: String(repeating: " ", count: Self.gap))
                return isFolded ? text.trimmedEnd : text
            }
        }.joined(separator: "\n")
    }

    /// `NAME  value` in lines of their own, under the row's first cell.
    private func blocks(columns: Int) -> String {
        guard let header = rows.first else { return "" }
        let labels = header.map { $0.trimmedStart.lowercased() }
        let width = labels.dropFirst().map { DisplayWidth.of($0) }.max() ?? 0
        return rows.dropFirst().map { row -> String in
            var lines = WrappedText.lines(row.first ?? "", columns: columns)
            for (label, cell) in zip(labels, row).dropFirst() where !cell.isEmpty {
                let head = "  " + DisplayWidth.padded(label, to: width) + "  "
                let room = columns - DisplayWidth.of(head)
                let longest = cell.split(separator: " ").map { DisplayWidth.of(String($0)) }.max() ?? 0
                if longest <= room {
                    let parts = WrappedText.lines(cell, columns: room)
                    let indent = String(repeating: " ", count: DisplayWidth.of(head))
                    lines += parts.enumerated().map { ($0.offset == 0 ? head : indent) + $0.element }
                } else {
                    lines += WrappedText.lines("  " + label, columns: columns)
                    lines += WrappedText.lines(cell, columns: max(1, columns - 4)).map { "    " + $0 }
                }
            }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n\n")
    }
}

extension String {
    fileprivate var trimmedStart: String { String(drop { $0 == " " }) }

    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
