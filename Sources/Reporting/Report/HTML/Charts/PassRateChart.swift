/// How much passed, run by run.
enum PassRateChart {
    /// Nil for fewer than two runs, which show no course.
    static func markup(_ history: [PassRate]) -> String? {
        guard history.count > 1 else { return nil }
        var figure = SVGFigure(width: 760, height: 210)
        let (left, right, top, bottom) = (44.0, 744.0, 14.0, 168.0)
        for percent in [0.0, 25, 50, 75, 100] {
            let y = bottom - percent / 100 * (bottom - top)
            figure.line(left, y, right, y, "grid")
            figure.text("\(Int(percent)) %", left - 8, y + 4, anchor: "end")
        }
        let points = history.enumerated().map { place, rate in
            (
                left + (right - left) * Double(place) / Double(history.count - 1),
                bottom - share(rate) * (bottom - top)
            )
        }
        figure.path(points, "trace")
        for (rate, point) in zip(history, points) {
            figure.dot(
                point.0, point.1, 5, rate.result == "pass" ? "s-passed" : "s-failed",
                title: "\(rate.run): \(rate.passed) of \(rate.total) passed, \(rate.result)")
        }
        figure.text(day(history[0]), left, 194)
        figure.text(day(history[history.count - 1]), right, 194, anchor: "end")
        let first = history[0]
        let last = history[history.count - 1]
        return figure.markup(
            "passrate", title: "Checks that passed, by run",
            description:
                "\(history.count) runs. The first, \(first.run), passed \(first.passed) of \(first.total); the last, "
                + "\(last.run), \(last.passed) of \(last.total).")
    }

    private static func share(_ rate: PassRate) -> Double {
        rate.total == 0 ? 0 : Double(rate.passed) / Double(rate.total)
    }

    private static func day(_ rate: PassRate) -> String {
        String(rate.started.prefix(16)).replacing("T", with: " ")
    }
}
