import Loop

/// Passes, failures and what of the index ran, iteration by iteration.
enum IterationChart {
    private static let most = 60

    /// Nil where no iteration has a verdict.
    static func markup(_ loop: LoopDocument) -> String? {
        let shown = loop.iterations.suffix(most)
        let all = shown.map { ($0, LoopReportWords.numbers($0.verdict?.counts ?? [:])) }
        guard let most = all.map(\.1.total).max(), most > 0 else { return nil }
        let (left, right, top, bottom) = (44.0, 700.0, 22.0, 190.0)
        var figure = SVGFigure(width: 760, height: 240)
        let ticks = AxisScale.ticks(to: Double(max(most, loop.left.listed ?? 0)))
        let scale = (bottom - top) / (ticks.last ?? 1)
        for tick in ticks {
            figure.line(left, bottom - tick * scale, right, bottom - tick * scale, "grid")
            figure.text(Decimal.short(tick), left - 8, bottom - tick * scale + 4, anchor: "end")
        }
        let slot = (right - left) / Double(all.count)
        let width = min(56, slot * 0.62)
        var coverage: [(Double, Double)] = []
        for (place, (iteration, numbers)) in all.enumerated() {
            let middle = left + (Double(place) + 0.5) * slot
            var y = bottom
            let parts = [
                (numbers.passed, "s-passed", "passed"), (numbers.other, "s-flaky", "flaky or excused"),
                (numbers.failed, "s-failed", "failed"), (numbers.idle, "s-notRun", "not run"),
            ]
            for (count, style, words) in parts where count > 0 {
                let height = Double(count) * scale
                y -= height
                figure.rect(
                    middle - width / 2, y, width, height, style,
                    title: "iteration \(iteration.number): \(count) \(words)")
            }
            if numbers.total == 0 {
                figure.text("–", middle, bottom - 6, anchor: "middle")
            }
            figure.text(
                "\(iteration.number)", middle, bottom + 18, loop.best == iteration.number ? "strong" : "",
                anchor: "middle")
            if let percent = LoopReportWords.coverage(iteration, loop) {
                coverage.append((middle, bottom - Double(percent) / 100 * Double(loop.left.listed ?? 0) * scale))
            }
        }
        if let listed = loop.left.listed, listed > 0 {
            let y = bottom - Double(listed) * scale
            figure.line(left, y, right, y, "mark")
            figure.text("index", right + 6, y + 4, "strong")
        }
        if coverage.count > 1 { figure.path(coverage, "trace") }
        for point in coverage { figure.dot(point.0, point.1, 4, "r0", title: "tests of the index with a result") }
        figure.text("iteration", (left + right) / 2, bottom + 38, anchor: "middle")
        let words = all.map { "iteration \($0.number): \($1.passed) of \($1.total) passed, \($1.failed) failed" }
        return figure.markup(
            "iterations", title: "Checks by iteration, and how much of the index ran",
            description: words.joined(separator: "; ") + ".")
    }
}

/// Where the time went, iteration by iteration.
enum PhaseChart {
    private static let most = 40

    static func markup(_ loop: LoopDocument) -> String? {
        let shown = loop.iterations.suffix(most)
        let end = shown.map { $0.seconds.values.reduce(0, +) }.max() ?? 0
        guard end > 0 else { return nil }
        let (left, right, row) = (44.0, 640.0, 26.0)
        let bottom = Double(shown.count) * row + 12
        var figure = SVGFigure(width: 760, height: bottom + 58)
        let ticks = AxisScale.ticks(to: end)
        let scale = (right - left) / (ticks.last ?? end)
        for tick in ticks {
            figure.line(left + tick * scale, 4, left + tick * scale, bottom, "grid")
            figure.text("\(Decimal.short(tick)) s", left + tick * scale, bottom + 16, anchor: "middle")
        }
        // A phase has its colour in every loop.
        let phases = LoopReportWords.phases.enumerated().filter { phase in
            shown.contains { ($0.seconds[phase.element] ?? 0) > 0 }
        }
        for (place, iteration) in shown.enumerated() {
            let y = Double(place) * row + 8
            var x = left
            figure.text("\(iteration.number)", left - 10, y + 13, anchor: "end")
            for (color, phase) in phases {
                let seconds = iteration.seconds[phase] ?? 0
                guard seconds > 0 else { continue }
                figure.rect(
                    x, y, max(2, seconds * scale), 16, "r\(color)",
                    title: "iteration \(iteration.number), \(phase): \(Seconds.text(seconds))")
                x += seconds * scale
            }
            figure.text(Seconds.text(iteration.seconds.values.reduce(0, +)), x + 8, y + 13, "soft")
        }
        for (place, (color, phase)) in phases.enumerated() {
            let x = left + Double(place) * 96
            figure.rect(x, bottom + 32, 10, 10, "r\(color)")
            figure.text(phase, x + 16, bottom + 41)
        }
        let words = shown.map { iteration in
            "iteration \(iteration.number): "
                + phases.compactMap { _, phase in
                    iteration.seconds[phase].map { "\(phase) \(Seconds.text($0))" }
                }.joined(separator: ", ")
        }
        return figure.markup("phases", title: "Time per phase", description: words.joined(separator: "; ") + ".")
    }
}
