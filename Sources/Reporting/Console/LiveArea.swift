/// The lines at the bottom of a terminal that are drawn again and again. Pure: says what to write, so that everything
/// that changes the screen is one write, and nobody sees it half done.
struct LiveArea: Sendable {
    private var rows: [String] = []
    /// What of them is on the screen.
    private var drawn: [String] = []
    private var isClosed = false

    /// Replaces the lines. None is wider than the terminal, and together they are not higher: what has left the top of
    /// the screen could not be drawn over.
    mutating func show(_ new: [String], columns: Int, lines: Int) -> String {
        guard !isClosed else { return "" }
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

    /// Takes the lines away for good: whoever still draws is told nothing and changes nothing.
    mutating func close(columns: Int) -> String {
        defer { (isClosed, rows) = (true, []) }
        return erasing(columns: columns)
    }

    private mutating func drawing() -> String {
        drawn = rows
        return rows.map { $0 + "\n" }.joined()
    }

    /// A terminal that has become narrower has wrapped what was drawn. Line by line: clearing the rest of the screen from
    /// its first line is what terminals take for `clear`, and keep in their scroll-back (tmux does).
    private mutating func erasing(columns: Int) -> String {
        guard !drawn.isEmpty else { return "" }
        let height = drawn.reduce(0) { $0 + DisplayWidth.lines(of: $1, in: columns) }
        drawn = []
        return "\r" + String(repeating: "\u{1B}[1A\u{1B}[2K", count: height)
    }
}
