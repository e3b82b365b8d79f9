import Configuration
package import Verification

/// Suites while they run, as far as they are shown. Pure; moments are seconds of the caller's clock.
package struct SuiteView: Sendable {
    package struct Entry: Sendable {
        package var name: String
        package var total: Int
        package var done = 0
        package var passed = 0
        /// Checks that something speaks against.
        package var bad = 0
        package var began: Double?
        package var ended: Double?
    }

    package private(set) var entries: [Entry]
    /// Where the suites of the service that is asked now begin: several services may have the same.
    private var start = 0

    package init(entries: [Entry] = []) {
        self.entries = entries
    }

    /// What is asked next. The first suite is under way at once.
    package mutating func add(_ suites: [(name: String, checks: Int)], at now: Double) {
        start = entries.count
        entries += suites.map { Entry(name: $0.name, total: $0.checks) }
        if start < entries.count { entries[start].began = now }
    }

    /// - Returns: the suite that has ended with this check; nil while it goes on.
    package mutating func take(suite: String, _ status: CheckStatus, at now: Double) -> Entry? {
        guard let index = entries[start...].firstIndex(where: { $0.name == suite }) else { return nil }
        entries[index].began = entries[index].began ?? now
        entries[index].done += 1
        if status == .passed { entries[index].passed += 1 }
        if !status.isGood { entries[index].bad += 1 }
        // Tests of a runner are known only once they have run.
        entries[index].total = max(entries[index].total, entries[index].done)
        guard entries[index].done == entries[index].total, entries[index].ended == nil else { return nil }
        entries[index].ended = now
        return entries[index]
    }

    // MARK: - Lines

    /// A bar for each suite that is not done: those are lines that stay, above.
    func rows(now: Double, size: TerminalSize, palette: Palette) -> [String] {
        let open = entries.filter { $0.ended == nil }
        let room = max(1, min(size.lines - 1, max(4, size.lines * 2 / 3)))
        // Those that have begun come first by themselves: suites run in their order.
        let shown =
            open.count > room
            ? Array(
                open.sorted { ($0.began ?? .infinity) < ($1.began ?? .infinity) }
                    .prefix(max(1, room - 1))) : open
        let name = shown.map { DisplayWidth.of(SafeText.line($0.name)) }.max() ?? 0
        var rows = shown.map { row(of: $0, name: name, now: now, columns: size.columns, palette: palette) }
        if shown.count < open.count, room > 1 { rows.append("  · \(open.count - shown.count) more") }
        return rows
    }

    private func row(of entry: Entry, name: Int, now: Double, columns: Int, palette: Palette) -> String {
        let inner = columns - 1
        let time = entry.began.map { "  " + Seconds.text(max(0, now - $0)) } ?? ""
        let bad = entry.bad > 0 ? ", \(entry.bad) bad" : ""
        let counts = "\(entry.done)/\(entry.total)\(bad)"
        let indent = columns >= 50 ? "  " : ""
        // The count and the time are what must be seen.
        let rest = inner - indent.count - DisplayWidth.of(counts) - time.count - 2
        let width = min(name, max(4, rest - 12))
        let cells = min(24, rest - width - 2)
        let title = DisplayWidth.padded(DisplayWidth.clipped(SafeText.line(entry.name), to: width), to: width)
        let bar = cells >= 4 ? "  " + ProgressBar.text(done: entry.done, of: entry.total, cells: cells) : ""
        let shown = entry.bad > 0 ? palette.bad(counts) : counts
        return DisplayWidth.clipped("\(indent)\(title)\(bar)  \(shown)\(time)", to: max(1, inner))
    }

    /// The line that stays of a suite that has ended.
    package static func ended(_ entry: Entry, palette: Palette) -> String {
        let sign = entry.bad == 0 ? palette.good("✔") : palette.bad("✘")
        let seconds = (entry.ended ?? 0) - (entry.began ?? 0)
        let counts = "\(entry.passed) of \(Counted.text(entry.total, "check")) passed"
        return "  \(sign)  \(SafeText.line(entry.name))  \(counts)  \(Seconds.text(seconds))"
    }
}
