/// The lines at the bottom of a terminal that are drawn again and again. Pure: says what to write, so that everything
/// that changes the screen is one write, and nobody sees it half done.
struct LiveArea: Sendable {
    private var rows: [String] = []
    /// Columns that each line on the screen takes.
    private var drawn: [Int] = []

    /// Replaces the lines. None is wider than the terminal, and together they are not higher: what has left the top of
    /// the screen could not be drawn over.
    mutating func show(_ new: [String], columns: Int, lines: Int) -> String {
        let erasing = erasing(columns: columns)
        let room = max(1, lines - 1)
        var shown = new
        if new.count > room {
            shown = Array(new.prefix(room - 1)) + ["  …  and \(new.count - room + 1) more"]
        }
        // A line that fills its last column makes some terminals go on to the next one.
        rows = shown.map { DisplayWidth.clipped($0, to: max(1, columns - 1)) }
        return erasing + drawing()
    }

    /// A text that stays, above the lines.
    mutating func print(_ text: String, columns: Int) -> String {
        erasing(columns: columns) + text + drawing()
    }

    private mutating func drawing() -> String {
        drawn = rows.map(DisplayWidth.of)
        return rows.map { $0 + "\n" }.joined()
    }

    /// A terminal that has become narrower has wrapped what was drawn.
    private mutating func erasing(columns: Int) -> String {
        guard !drawn.isEmpty else { return "" }
        let height = drawn.reduce(0) { $0 + max(1, ($1 + columns - 1) / max(1, columns)) }
        drawn = []
        return "\u{1B}[\(height)A\r\u{1B}[J"
    }
}
