import Releases

/// Each step where it was in the run.
struct WaterfallChart {
    private static let most = 80
    let markup: String

    /// Nil where nobody knows when steps began.
    init?(_ report: Report) {
        let steps = report.steps.filter { $0.start != nil && $0.status != .notRun }
        guard let end = steps.map({ ($0.start ?? 0) + $0.seconds }).max(), end > 0 else { return nil }
        let shown = steps.prefix(Self.most)
        let (left, right, row) = (210.0, 690.0, 22.0)
        let bottom = Double(shown.count) * row + 12
        var figure = SVGFigure(width: 760, height: bottom + 26)
        let ticks = AxisScale.ticks(to: end)
        let scale = (right - left) / (ticks.last ?? end)
        for tick in ticks {
            figure.line(left + tick * scale, 4, left + tick * scale, bottom, "grid")
            figure.text("\(Decimal.short(tick)) s", left + tick * scale, bottom + 16, anchor: "middle")
        }
        for (place, step) in shown.enumerated() {
            let y = Double(place) * row + 8
            let start = step.start ?? 0
            figure.text(Self.clipped(step.id), left - 10, y + 11, anchor: "end")
            figure.rect(
                left + start * scale, y, max(3, step.seconds * scale), 14, "w-\(step.status.rawValue)",
                title:
                    "\(step.id): \(step.status.rawValue), \(Seconds.text(step.seconds)) from \(Seconds.text(start)) on")
            let x = left + (start + step.seconds) * scale + 6
            figure.text(Seconds.text(step.seconds), min(x, 712), y + 11, "soft")
        }
        let slowest = steps.max { $0.seconds < $1.seconds }
        markup = figure.markup(
            "waterfall", title: "Steps over time",
            description: "\(steps.count) steps in \(Seconds.text(end))"
                + (slowest.map { "; the longest is \($0.id) with \(Seconds.text($0.seconds))" } ?? "")
                + ". The table below has all of them.")
    }

    private static func clipped(_ id: String) -> String { id.count > 30 ? String(id.prefix(29)) + "…" : id }
}
