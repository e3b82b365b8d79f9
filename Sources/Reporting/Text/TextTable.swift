/// Columns padded to the widest cell; the last column is left as it is.
package struct TextTable {
    private var rows: [[String]] = []

    package init(_ header: [String]) {
        rows.append(header)
    }

    package mutating func add(_ row: [String]) {
        rows.append(row.map(SafeText.line))
    }

    package var text: String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
