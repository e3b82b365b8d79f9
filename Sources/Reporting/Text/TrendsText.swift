import Configuration
import Releases
import Verification

/// Figures of delivery and of checks for a terminal, each with what it is made of.
package enum TrendsText {
    package static func text(_ trends: Trends) -> String {
        let window = trends.delivery.window
        let title =
            "releases from \(MomentText.rfc3339(milliseconds: window.lowerBound).prefix(10)) to "
            + "\(MomentText.rfc3339(milliseconds: window.upperBound).prefix(10))"
        return ([delivery(trends.delivery, title), checks(trends)] as [String]).joined(separator: "\n\n")
    }

    private static func delivery(_ trends: DeliveryTrends, _ title: String) -> String {
        guard let environment = trends.environment else { return "\(title): none that callers met" }
        var table = TextTable(["SERVICE", "DEPLOYMENTS", "LEAD TIME", "CHANGE FAILURES", "TIME TO RESTORE"])
        for service in trends.services { table.add(row(service.name, service.figures)) }
        if trends.services.count > 1 { table.add(row("all", environment)) }
        let figures = trends.services.map(\.figures) + [environment]
        let before = figures.contains { $0.before != nil } ? ", in brackets the time before" : ""
        return "\(title)\(before)\n\(table.text)"
    }

    private static func row(_ name: String, _ figures: DeliveryTrends.Figures) -> [String] {
        func cell(_ text: (DeliveryFigures) -> String?) -> String {
            guard let now = text(figures.now) else { return "–" }
            return now + (figures.before.flatMap(text).map { " (\($0))" } ?? "")
        }
        return [
            name,
            cell { $0.frequency.map { "\($0.deployments), \(decimal($0.perDay)) a day" } },
            cell { $0.leadTime.map(lengths) },
            cell { $0.failureRate.map { "\($0.failures) of \($0.changes), \(decimal($0.rate * 100)) %" } },
            cell { figures in
                let open = figures.unrestored > 0 ? "\(figures.unrestored) not yet" : nil
                let parts = [figures.timeToRestore.map(lengths), open].compactMap(\.self)
                return parts.isEmpty ? nil : parts.joined(separator: ", ")
            },
        ]
    }

    private static func lengths(_ lengths: DeliveryFigures.Lengths) -> String {
        "\(length(lengths.median)), median of \(lengths.samples)"
    }

    /// Two units at most: `3 d 4 h`, `2 h 05 min`.
    static func length(_ seconds: Double) -> String {
        // Moments of releases and commits are whole seconds at best.
        if seconds < 1 { return "under 1 s" }
        guard seconds >= 3600, seconds < 1e10 else { return Seconds.text(seconds) }
        let minutes = Int(seconds / 60)
        return minutes < 1440 ? "\(minutes / 60) h \(minutes % 60) min" : "\(minutes / 1440) d \(minutes / 60 % 24) h"
    }

    private static func checks(_ trends: Trends) -> String {
        guard trends.suiteRuns > 0 else { return "no run of a suite is on record" }
        let title =
            "\(Counted.text(trends.checks.count, "check")) over "
            + Counted.text(trends.suiteRuns, "run of a suite", plural: "runs of suites")
        let unstable = trends.checks.leastStable
        guard !unstable.isEmpty else { return "\(title), none of which ever changed" }
        var table = TextTable(["LEAST STABLE", "RUNS", "PASSED", "CHANGES", "BOTH ON ONE IMAGE", "LAST"])
        for trend in unstable.prefix(Trends.mostUnstable) {
            table.add([
                "\(trend.entry.suite)/\(trend.entry.id)", "\(trend.runs)\(trend.isCertain ? "" : ", too few to tell")",
                "\(decimal(trend.passRate * 100)) %", "\(trend.changes)", "\(trend.disagreements)",
                "\(trend.lastPassed ? "passed" : "failed"), \(trend.streak) in a row",
            ])
        }
        return "\(title)\n\(table.text)"
    }

    /// With one decimal.
    private static func decimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
