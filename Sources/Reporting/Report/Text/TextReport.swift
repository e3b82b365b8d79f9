import Releases
import Verification

/// A report for a terminal or a log: the verdict, what failed and why, and what to do. No control characters.
package enum TextReport {
    package static func render(_ report: Report, palette: Palette = Palette(isEnabled: false)) -> String {
        var lines = head(report, palette)
        func section(_ title: String, _ found: [String]) {
            guard !found.isEmpty else { return }
            lines += ["", palette.strong(title)] + found.map { "  " + SafeText.line($0) }
        }
        lines += priorities(report, palette)
        section("failures by cause", report.clusters.flatMap { cluster($0, report) })
        section("what to do next", report.recommendations.enumerated().flatMap(recommendation))
        section("deployed", report.services.flatMap(service) + (report.prices.map { [ReportWords.prices($0)] } ?? []))
        section(
            "performance targets",
            report.objectives.map { objective in
                let words = ReportWords.objective(objective)
                return "\(objective.result.rawValue)  \(report.checks[objective.check].name) \(objective.name) "
                    + "\(words.measured) (\(words.bounds)), limit \(words.limit), n \(objective.samples)"
            })
        section(
            "canary",
            report.canaries.flatMap { canary in
                [
                    "\(canary.service): \(canary.findings.decision.rawValue) after \(canary.findings.pairs) pairs: "
                        + canary.findings.rule
                ] + canary.findings.metrics.map { "  \(ReportWords.metric($0))" }
            })
        section("health", report.health.map { "\($0.service): \(ReportWords.health($0))" })
        section(
            "scalability", report.scalability.map { "\(report.checks[$0.check].name): \($0.name) \($0.value)" })
        section("test index", report.index.map { [ReportWords.index($0)] } ?? [])
        section(
            "not run", report.notRun.map { "\($0.count) \($0.status.words): \($0.reason)" })
        section(
            "waivers",
            report.waivers.map { "\($0.suite)/\($0.match): \($0.issue), \($0.owner), \(ReportWords.waiver($0))" })
        section("since the last run", changes(report.changes))
        section(
            "flaky",
            report.flaky.flatMap { place in
                [report.checks[place].name]
                    + report.checks[place].tries.enumerated().map { "  \(ReportWords.attempt($1, $0 + 1))" }
            })
        section(
            "slowest",
            report.slowest.map {
                "\(Seconds.milliseconds(report.checks[$0].milliseconds))  \(report.checks[$0].name)"
            })
        section("time", ReportWords.time(report.time))
        section("notes", report.notes)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func head(_ report: Report, _ palette: Palette) -> [String] {
        let headline = report.verdict.headline.rawValue
        let painted: String =
            switch report.verdict.headline {
            case .release: palette.good(headline)
            case .hold: palette.warn(headline)
            case .rolledBack, .failed, .needsAttention: palette.bad(headline)
            }
        var lines = [
            "\(painted)  \(SafeText.line(ReportWords.title(report)))",
            "\(report.verdict.result.rawValue): \(SafeText.line(report.verdict.rule))",
            ReportWords.counts(report.counts),
        ]
        if let value = ReportWords.value(report.priorities) { lines.append("value \(SafeText.line(value))") }
        lines.append(ReportWords.facts(report).map { "\($0.0) \(SafeText.line($0.1))" }.joined(separator: ", "))
        return lines
    }

    private static func priorities(_ report: Report, _ palette: Palette) -> [String] {
        guard !report.priorities.isEmpty else { return [] }
        var table = TextTable([
            "PRIORITY", "STATE", "CHECKS", "PASSED", "FAILED", "FLAKY/EXCUSED", "SKIPPED/NOT RUN", "PROTECTS",
        ])
        for row in report.priorities {
            table.add(
                [row.priority.rawValue, ReportWords.state(row.state)] + MarkdownReport.numbers(row.counts)
                    + [row.protects ?? ""])
        }
        table.add(["all", ""] + MarkdownReport.numbers(report.counts) + [""])
        return ["", palette.strong("by priority")] + table.text.split(separator: "\n").map { "  \($0)" }
    }

    private static func cluster(_ cluster: FailureCluster, _ report: Report) -> [String] {
        let count = cluster.checks.count
        var lines = [
            "\(cluster.priority.rawValue)  \(count) check\(count == 1 ? "" : "s"): \(cluster.cause ?? cluster.example)"
        ]
        if cluster.cause != nil { lines.append("    seen  \(cluster.example)") }
        if let fix = cluster.fix { lines.append("    fix   \(fix)") }
        lines += cluster.checks.prefix(10).map { "    \(report.checks[$0].name)" }
        if count > 10 { lines.append("    and \(count - 10) more") }
        let again = cluster.checks.map { report.checks[$0].reproduction }.first { !$0.isEmpty } ?? []
        lines += again.map { "    $ \($0)" }
        return lines
    }

    private static func recommendation(_ number: Int, _ item: Recommendation) -> [String] {
        ["\(number + 1). \(item.action)", "   \(item.evidence)"] + (item.command.map { ["   $ \($0)"] } ?? [])
    }

    private static func service(_ service: ReportedService) -> [String] {
        var lines = ["\(service.service) (\(service.region)): \(service.outcome.rawValue)"]
        func add(_ name: String, _ value: String?) { if let value { lines.append("  \(name) \(value)") } }
        add("serving  ", service.revision)
        add("before   ", service.previousRevision)
        add("candidate", service.candidate.flatMap { $0 == service.revision ? nil : $0 })
        let owner = ReportWords.owner(service)
        add("commit   ", service.commit.map { $0 + (service.dirty ? " with uncommitted changes" : "") + owner })
        add("image    ", service.image.map { $0 + owner })
        add("size     ", ReportWords.image(service))
        add("traffic  ", ReportWords.trafficChange(service))
        add("takes    ", service.resources.map(ReportWords.resources))
        add("costs    ", service.resources?.cost.map(ReportWords.cost))
        add("cause    ", service.diagnosis?.cause)
        add("fix      ", service.diagnosis?.fix)
        return lines
    }

    private static func changes(_ changes: ReportedChanges?) -> [String] {
        guard let changes else { return [] }
        let lines = changes.all.filter { !$0.changes.isEmpty }.map { name, found in
            "\(found.count) \(name): \(found.prefix(5).map(\.check).joined(separator: ", "))"
                + (found.count > 5 ? " and \(found.count - 5) more" : "")
        }
        return ["run \(changes.run), \(changes.result)"] + (lines.isEmpty ? ["no check came to anything else"] : lines)
    }
}
