import Configuration
import Releases
import Verification

/// Who had which share of a service's traffic, and when checks ran meanwhile.
enum TrafficChart {
    private static let bins = 160

    static func all(_ report: Report) -> [String] {
        let services = report.traffic.map(\.service).unique
        return services.enumerated().compactMap { chart(of: $1, $0, report) }
    }

    /// One line of shares, for a card.
    static func bar(_ shares: [TrafficEntry], known: [TrafficEntry]) -> String {
        let names = known.map(\.revision).unique
        var x = 0.0
        var shapes = ""
        for share in shares where share.percent > 0 {
            let width = Double(share.percent) * 10
            let color = (names.firstIndex(of: share.revision) ?? 0) % 5
            shapes +=
                "<rect class=\"r\(color)\" x=\"\(Decimal.short(x))\" y=\"0\" width=\"\(Decimal.short(width))\" height=\"14\"/>"
            x += width
        }
        return
            "<svg class=\"counts\" viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\(shapes)</svg>"
    }

    private static func chart(of service: String, _ number: Int, _ report: Report) -> String? {
        let moments = report.traffic.filter { $0.service == service }
        let end = max(
            report.steps.compactMap { step in step.start.map { $0 + step.seconds } }.max() ?? 0, moments.last?.at ?? 0)
        guard end > 0 else { return nil }
        let (left, right, top, bottom) = (44.0, 744.0, 12.0, 112.0)
        var figure = SVGFigure(width: 760, height: 190)
        let names = moments.flatMap { $0.shares.map(\.revision) }.unique
        let scale = (right - left) / end
        let hadTraffic = report.services.contains {
            (service == $0.service || service == "\($0.service)@\($0.region)") && !$0.trafficBefore.isEmpty
        }
        for (place, moment) in moments.enumerated() {
            // Before the first look nobody knows, so it is taken to have been the same; of a first deploy there was nothing.
            let from = place == 0 && hadTraffic ? 0 : moment.at
            let to = place + 1 < moments.count ? moments[place + 1].at : end
            var y = top
            for share in moment.shares.sorted(by: { ($0.revision, $0.percent) < ($1.revision, $1.percent) }) {
                let height = Double(share.percent) / 100 * (bottom - top)
                figure.rect(
                    left + from * scale, y, (to - from) * scale, height,
                    "r\((names.firstIndex(of: share.revision) ?? 0) % 5)",
                    title: "\(share.revision) \(share.percent) % from \(Seconds.text(from)) to \(Seconds.text(to))")
                y += height
            }
        }
        for (text, y) in [("100 %", top), ("0 %", bottom)] { figure.text(text, left - 8, y + 4, anchor: "end") }
        marks(service, report, &figure, (left, scale, end), bottom + 8)
        let ticks = AxisScale.ticks(to: end).filter { $0 <= end }
        for tick in ticks {
            figure.text("\(Decimal.short(tick)) s", left + tick * scale, bottom + 42, anchor: "middle")
        }
        var x = left
        for (place, name) in names.prefix(4).enumerated() {
            figure.rect(x, bottom + 60, 10, 10, "r\(place % 5)")
            figure.text(name, x + 16, bottom + 69)
            x += 170
        }
        let words = moments.map { "after \(Seconds.text($0.at)) \(ReportWords.traffic($0.shares))" }
        return figure.markup(
            "traffic-\(number)", title: "Traffic of \(service), with its checks",
            description: words.joined(separator: "; ") + ".")
    }

    /// Checks below the shares: a tick for each moment in which some began, red where one of them failed.
    private static func marks(
        _ service: String, _ report: Report, _ figure: inout SVGFigure,
        _ axis: (left: Double, scale: Double, end: Double),
        _ y: Double
    ) {
        guard let started = report.subject.started.flatMap(MomentText.milliseconds).map({ Double($0) / 1000 }) else {
            return
        }
        var bad = [Int](repeating: 0, count: bins)
        var all = bad
        for check in report.checks {
            guard let moment = check.startedAt, let target = check.target, report.targets.indices.contains(target),
                service == report.targets[target].service || service.hasPrefix(report.targets[target].service + "@")
            else { continue }
            let share = (moment - started) / axis.end
            guard share >= 0, share <= 1 else { continue }
            let bin = min(bins - 1, Int(share * Double(bins)))
            all[bin] += 1
            if check.isProblem { bad[bin] += 1 }
        }
        for bin in 0..<bins where all[bin] > 0 {
            let from = axis.left + (Double(bin) / Double(bins)) * axis.end * axis.scale
            figure.rect(
                from, y, 4, bad[bin] > 0 ? 18 : 12, bad[bin] > 0 ? "s-failed" : "s-passed",
                title: "\(all[bin]) checks began, \(bad[bin]) of them with a problem")
        }
    }
}
