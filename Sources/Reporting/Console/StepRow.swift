/// One running step as a line of the live list. The time is what must be seen, however narrow the terminal is.
enum StepRow {
    private static let narrow = 40

    static func text(step: String, elapsed: Double, last: String, columns: Int) -> String {
        let time = Seconds.text(elapsed)
        guard columns > narrow else { return "◌ \(time) \(step)" }
        return last.isEmpty ? "  ◌  \(step)  \(time)" : "  ◌  \(step)  \(time)  \(last)"
    }
}
