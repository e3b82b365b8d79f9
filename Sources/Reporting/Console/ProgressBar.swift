/// How much of something is done, in cells.
enum ProgressBar {
    /// Empty and full only when it is: what has begun shows, and what has not ended does not look so.
    static func text(done: Int, of total: Int, cells: Int) -> String {
        guard cells > 0 else { return "" }
        guard total > 0 else { return String(repeating: "░", count: cells) }
        let done = min(max(0, done), total)
        var full = done * cells / total
        if done > 0 { full = max(full, 1) }
        if done < total { full = min(full, cells - 1) }
        return String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
    }
}
