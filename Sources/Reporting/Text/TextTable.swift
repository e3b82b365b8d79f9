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
            rows.map { column < $0.count ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : DisplayWidth.padded(cell, to: widths[column])
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
