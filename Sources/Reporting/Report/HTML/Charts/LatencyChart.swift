/// How long answers took: how many in which span of time, with the percentiles.
enum LatencyChart {
    static func markup(_ latency: LatencyDistribution) -> String {
        var figure = SVGFigure(width: 760, height: 230)
        let (left, right, top, bottom) = (44.0, 744.0, 34.0, 178.0)
        let largest = latency.buckets.map(\.count).max() ?? 1
        let ticks = AxisScale.ticks(to: Double(largest), count: 4)
        let scale = (bottom - top) / (ticks.last ?? 1)
        for tick in ticks {
            figure.line(left, bottom - tick * scale, right, bottom - tick * scale, "grid")
            figure.text(Decimal.short(tick), left - 8, bottom - tick * scale + 4, anchor: "end")
        }
        let width = (right - left) / Double(latency.buckets.count)
        for (place, bucket) in latency.buckets.enumerated() {
            let x = left + Double(place) * width
            let height = Double(bucket.count) * scale
            figure.rect(
                x + 3, bottom - height, width - 6, height, "bar",
                title: "\(bucket.count) \(words(bucket, latency, place))")
            figure.text(label(bucket), x + width / 2, bottom + 18, anchor: "middle")
        }
        for percentile in latency.percentiles {
            guard let x = place(percentile.milliseconds, latency, left, width) else { continue }
            figure.line(x, top - 6, x, bottom, "mark")
            // Where two are near one another, the table below has both.
            if percentile.percent != 95 || latency.percentiles.count < 3 || far(percentile, latency) {
                figure.text("p\(Decimal.short(percentile.percent))", x, top - 12, "strong", anchor: "middle")
            }
        }
        figure.text("each bar: answers below so many milliseconds", (left + right) / 2, bottom + 40, anchor: "middle")
        let parts = latency.percentiles.map {
            "p\(Decimal.short($0.percent)) \(Seconds.milliseconds($0.milliseconds))"
        }
        return figure.markup(
            "latency", title: "How long checks took",
            description: "\(latency.samples) answers: \(parts.joined(separator: ", ")).")
    }

    private static func far(_ percentile: LatencyDistribution.Percentile, _ latency: LatencyDistribution) -> Bool {
        latency.percentiles.allSatisfy {
            $0.percent == percentile.percent
                || max($0.milliseconds, percentile.milliseconds) > 1.6 * min($0.milliseconds, percentile.milliseconds)
        }
    }

    private static func label(_ bucket: LatencyDistribution.Bucket) -> String {
        bucket.below.map(Decimal.short) ?? "more"
    }

    private static func words(
        _ bucket: LatencyDistribution.Bucket, _ latency: LatencyDistribution, _ place: Int
    ) -> String {
        let from = place > 0 ? latency.buckets[place - 1].below.map { "\(Decimal.short($0)) ms" } : nil
        return "from \(from ?? "0 ms") to \(bucket.below.map { "\(Decimal.short($0)) ms" } ?? "anything")"
    }

    /// Inside of its bar by its share of the bar's span.
    private static func place(
        _ milliseconds: Double, _ latency: LatencyDistribution, _ left: Double, _ width: Double
    ) -> Double? {
        guard let bar = latency.buckets.firstIndex(where: { $0.below.map { milliseconds < $0 } ?? true }) else {
            return nil
        }
        let high = latency.buckets[bar].below ?? milliseconds * 2
        let low = bar > 0 ? latency.buckets[bar - 1].below ?? 0 : high / 2.5
        let share = high > low ? min(1, max(0, (milliseconds - low) / (high - low))) : 0.5
        return left + (Double(bar) + share) * width
    }
}

/// Measured percentiles against their limits, each on a scale of its own limit.
enum ObjectiveChart {
    private static let most = 30

    static func markup(_ report: Report) -> String {
        let shown = report.objectives.filter { $0.limit != nil }.prefix(most)
        guard !shown.isEmpty else { return "" }
        let (left, right) = (290.0, 590.0)
        var figure = SVGFigure(width: 760, height: Double(shown.count) * 28 + 34)
        // The limit stands at two thirds for all of them.
        let limitX = left + (right - left) * 2 / 3
        figure.text("limit", limitX, 14, "strong", anchor: "middle")
        for (row, objective) in shown.enumerated() {
            let limit = objective.limit ?? 1
            let y = Double(row) * 28 + 36
            func x(_ value: Double) -> Double { left + min(1, value / limit * 2 / 3) * (right - left) }
            let name = "\(report.checks[objective.check].id) \(objective.name)"
            figure.text(clipped(name), left - 12, y + 4, anchor: "end")
            figure.rect(left, y - 5, right - left, 10, "track")
            if let lower = objective.lower, let upper = objective.upper {
                figure.rect(
                    x(lower), y - 5, x(upper) - x(lower), 10, "span",
                    title: "95 % bounds \(Seconds.milliseconds(lower)) to \(Seconds.milliseconds(upper))")
            }
            let words = ReportWords.objective(objective)
            figure.dot(
                objective.measured.map(x) ?? right, y, 6, "o-\(objective.result.rawValue)",
                title: "\(name): \(words.measured), limit \(words.limit), \(objective.samples) answers")
            figure.text("\(words.measured) of \(words.limit)", right + 14, y + 4)
        }
        figure.line(limitX, 20, limitX, Double(shown.count) * 28 + 26, "mark")
        let missed = shown.count { $0.result == .missed }
        return figure.markup(
            "objectives", title: "Measured percentiles against their limits",
            description: "\(shown.count) limits, \(missed) missed. The table below has all numbers.")
    }

    private static func clipped(_ name: String) -> String { name.count > 40 ? "…" + String(name.suffix(39)) : name }
}
