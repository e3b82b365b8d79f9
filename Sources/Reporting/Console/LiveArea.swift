/// The lines at the bottom of a terminal that are drawn again and again. Pure: says what to write, so that everything
/// that changes the screen is one write, and nobody sees it half done.
struct LiveArea: Sendable {
    /// A terminal that becomes narrower folds the lines that it shows; one that does not cuts them off. xterm, rxvt, the
    /// Linux console and GNU screen cut, all others fold.
    private let folds: Bool
    /// What is on the screen.
    private var drawn: [String] = []
    private var columns = 0
    private var isClosed = false

    init(folds: Bool = true) {
        self.folds = folds
    }

    /// Replaces the lines; those that stay the same are not written again, and none is cleared before it is written, so
    /// that nothing flickers. None is wider than the terminal, and together they are not higher: what has left the top of
    /// the screen could not be drawn over.
    mutating func show(_ new: [String], size: TerminalSize) -> String {
        guard !isClosed else { return "" }
        let room = max(1, size.lines - 1)
        // A line that fills its last column makes some terminals go on to the next one.
        let rows = new.suffix(room).map { DisplayWidth.clipped($0, to: max(1, size.columns - 1)) }
        guard drawn.isEmpty || columns == size.columns else {
            let erasing = erasing(columns: size.columns)
            return erasing + drawing(rows, columns: size.columns)
        }
        guard rows != drawn else { return "" }
        return drawing(rows, columns: size.columns)
    }

    /// A text that stays, above the lines.
    mutating func print(_ text: String, columns: Int) -> String {
        let rows = drawn
        let erasing = erasing(columns: columns)
        return erasing + text + (rows.isEmpty ? "" : drawing(rows, columns: columns))
    }

    /// Takes the lines away for good: whoever still draws is told nothing and changes nothing.
    mutating func close(columns: Int) -> String {
        defer { isClosed = true }
        return erasing(columns: columns)
    }

    /// From the line below what is drawn, and back to the line below. Without automatic wrapping (DECAWM), so that not
    /// even a character that is wider than we think moves what follows.
    private mutating func drawing(_ rows: [String], columns: Int) -> String {
        let old = drawn
        drawn = rows
        self.columns = columns
        // The echo of a Ctrl-C stands in the line of the cursor.
        var text = "\r\u{1B}[K\u{1B}[?7l" + (old.isEmpty ? "" : "\u{1B}[\(old.count)A")
        for index in 0..<max(rows.count, old.count) {
            if index >= rows.count {
                text += "\u{1B}[K\n"
            } else if index < old.count, rows[index] == old[index] {
                text += "\n"
            } else {
                text += rows[index] + "\u{1B}[K\n"
            }
        }
        if old.count > rows.count { text += "\u{1B}[\(old.count - rows.count)A" }
        return text + "\u{1B}[?7h"
    }

    /// A terminal that has become narrower has folded what was drawn. Line by line: clearing the rest of the screen from
    /// its first line is what terminals take for `clear`, and keep in their scroll-back (tmux does).
    private mutating func erasing(columns: Int) -> String {
        guard !drawn.isEmpty else { return "" }
        let height = folds ? drawn.reduce(0) { $0 + DisplayWidth.lines(of: $1, in: columns) } : drawn.count
        drawn = []
        return "\r\u{1B}[2K" + String(repeating: "\u{1B}[1A\u{1B}[2K", count: height)
    }
}
