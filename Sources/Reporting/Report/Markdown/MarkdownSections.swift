import Releases
import Verification

/// The sections below the verdict; each is nil where there is nothing to tell.
struct MarkdownSections: Sendable {
    let report: Report

    private func line(_ text: String) -> String { MarkdownText.line(text) }
    private func code(_ text: String) -> String { MarkdownText.code(text) }

    func failures() -> [String]? {
        guard !report.clusters.isEmpty else { return nil }
        var lines = ["## Failures by cause", ""]
        for cluster in report.clusters {
            let count = cluster.checks.count
            lines += [
                "### \(cluster.priority.rawValue): \(count) check\(count == 1 ? "" : "s"), "
                    + line(cluster.cause ?? cluster.example), "",
            ]
            if cluster.cause != nil { lines.append("- seen: \(line(cluster.example))") }
            if let fix = cluster.fix { lines.append("- fix: \(line(fix))") }
            for place in cluster.checks.prefix(20) {
                let check = report.checks[place]
                let target = check.target.map { " on \(line(ReportWords.target(report.targets[$0])))" } ?? ""
                lines.append("- \(code(check.name)) \(check.status.words)\(target)")
            }
            if count > 20 { lines.append("- and \(count - 20) more") }
            if let again = cluster.checks.map({ report.checks[$0].reproduction }).first(where: { !$0.isEmpty }) {
                lines += [""] + MarkdownText.block(again, language: "sh")
            }
            lines.append("")
        }
        return lines
    }

    func recommendations() -> [String]? {
        guard !report.recommendations.isEmpty else { return nil }
        return ["## What to do next", ""]
            + report.recommendations.enumerated().map { number, item in
                "\(number + 1). \(line(item.action)) (\(line(item.evidence)))"
                    + (item.command.map { ": \(MarkdownText.code($0, limit: 400))" } ?? "")
            }
    }

    func deployment() -> [String]? {
        guard !report.services.isEmpty else { return measured() }
        var lines = ["## Deployment", ""]
        for service in report.services {
            lines += ["### \(line(service.service)) (\(line(service.region))): \(service.outcome.rawValue)", ""]
            func add(_ name: String, _ value: String?) { if let value { lines.append("- \(name): \(value)") } }
            add("serving", service.revision.map(code))
            add("before", service.previousRevision.map(code))
            add("candidate", service.candidate.map(code))
            let owner = ReportWords.owner(service)
            add("commit", service.commit.map { code($0) + (service.dirty ? " with uncommitted changes" : "") + owner })
            add("image", service.image.map { code($0) + owner })
            add("image size", ReportWords.image(service).map(line))
            add("traffic", ReportWords.trafficChange(service).map(line))
            add("resources", service.resources.map { line(ReportWords.resources($0)) })
            add("cost", service.resources?.cost.map { line(ReportWords.cost($0)) })
            if let diagnosis = service.diagnosis {
                add("cause", line(diagnosis.cause))
                add("fix", line(diagnosis.fix))
            }
            lines.append("")
        }
        if let prices = report.prices { lines += ["_\(line(ReportWords.prices(prices)))_", ""] }
        if !report.steps.isEmpty {
            lines += MarkdownReport.table(
                ["Step", "Status", "Seconds", "Note"], numbers: 2..<3,
                report.steps.map {
                    [code($0.id), $0.status.rawValue, Seconds.text($0.seconds), line($0.note ?? "")]
                })
        }
        return lines
    }

    private func measured() -> [String]? {
        guard !report.targets.isEmpty else { return nil }
        return ["## What was measured", ""] + report.targets.map { "- \(line(ReportWords.target($0)))" }
    }

    func suites() -> [String]? { groups("## By suite", report.suites) }

    func modules() -> [String]? { groups("## By module", report.modules) }

    private func groups(_ title: String, _ groups: [ReportedGroup]) -> [String]? {
        guard !groups.isEmpty else { return nil }
        return [title, ""]
            + MarkdownReport.table(
                [
                    "Name", "Priority", "Owner", "Checks", "Passed", "Failed", "Flaky, excused", "Skipped, not run",
                    "Time",
                ], numbers: 3..<9,
                groups.map { group in
                    [line(group.name), group.priority?.rawValue ?? "–", line(group.owner ?? "–")]
                        + MarkdownReport.numbers(group.counts) + [Seconds.text(group.milliseconds / 1000)]
                })
    }

    func objectives() -> [String]? {
        guard !report.objectives.isEmpty else { return nil }
        return ["## Performance targets", ""]
            + MarkdownReport.table(
                ["Check", "Percentile", "Measured", "95 % bounds", "Limit", "n", "Errors", "Result"], numbers: 2..<7,
                report.objectives.map { objective in
                    let words = ReportWords.objective(objective)
                    return [
                        code(report.checks[objective.check].name), objective.name, words.measured, words.bounds,
                        words.limit, "\(objective.samples)", "\(objective.errors)", objective.result.rawValue,
                    ]
                })
    }

    func canary() -> [String]? {
        guard !report.canaries.isEmpty else { return nil }
        var lines = ["## Canary", ""]
        for canary in report.canaries {
            let findings = canary.findings
            lines.append(
                "- \(line(canary.service)): \(findings.decision.rawValue) after \(findings.pairs) pairs, "
                    + "\(findings.answered) answered; \(line(findings.rule))")
            lines += findings.metrics.map { "  - \(line(ReportWords.metric($0)))" }
            if let real = findings.realRequests { lines.append("  - \(ReportWords.realRequests(real))") }
        }
        return lines
    }

    func health() -> [String]? {
        guard !report.health.isEmpty else { return nil }
        return ["## System health", ""]
            + report.health.map {
                "- \(line($0.service)): \($0.healthy ? "healthy" : "not healthy"), \(line(ReportWords.health($0)))"
            }
    }

    func scalability() -> [String]? {
        guard !report.scalability.isEmpty else { return nil }
        return ["## Scalability", ""]
            + MarkdownReport.table(
                ["Check", "Figure", "Measured"],
                report.scalability.map { [code(report.checks[$0.check].name), line($0.name), line($0.value)] })
    }

    func index() -> [String]? {
        guard let index = report.index else { return nil }
        return ["## Progress towards the test index", "", line(ReportWords.index(index)) + "."]
            + index.missing.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(30)
            .map { "- \(line($0.key)): \($0.value) without a result" }
    }

    func notRun() -> [String]? {
        guard !report.notRun.isEmpty else { return nil }
        return ["## Not run", ""]
            + report.notRun.map { group in
                let names = group.checks.prefix(10).map(code).joined(separator: ", ")
                return "- \(group.count) \(group.status.words): \(line(group.reason)): \(names)"
                    + (group.count > 10 ? " and \(group.count - 10) more" : "")
            }
    }

    func waivers() -> [String]? {
        guard !report.waivers.isEmpty else { return nil }
        return ["## Waivers", ""]
            + MarkdownReport.table(
                ["Check", "Kind", "Owner", "Issue", "Reason", "Used", "Left"],
                report.waivers.map {
                    [
                        code("\($0.suite)/\($0.match)"), $0.kind.noun, line($0.owner), line($0.issue), line($0.reason),
                        "\($0.uses)", line(ReportWords.waiver($0)),
                    ]
                })
    }

    func changes() -> [String]? {
        guard let changes = report.changes else { return nil }
        var lines = ["## Since run \(line(changes.run)) (\(line(changes.result)))", ""]
        for (name, found) in changes.all where !found.isEmpty {
            lines.append(
                "- \(found.count) \(name): \(found.prefix(15).map { code($0.check) }.joined(separator: ", "))"
                    + (found.count > 15 ? " and \(found.count - 15) more" : ""))
        }
        return lines.count == 2 ? lines + ["No check came to anything else."] : lines
    }

    func flaky() -> [String]? {
        guard !report.flaky.isEmpty || !report.unstable.isEmpty else { return nil }
        var lines = ["## Flaky", ""]
        for place in report.flaky {
            let check = report.checks[place]
            lines.append("- \(code(check.name))")
            lines += check.tries.enumerated().map { "  - \(line(ReportWords.attempt($1, $0 + 1)))" }
        }
        lines += report.unstable.map {
            "- \(code($0.check)) over earlier runs: \($0.failed) of \($0.runs) failed, changed \($0.changes) times, "
                + "\($0.disagreements) images on which it did both"
        }
        return lines
    }

    func slowest() -> [String]? {
        guard !report.slowest.isEmpty else { return nil }
        return ["## Slowest", ""]
            + report.slowest.map {
                "1. \(code(report.checks[$0].name)) \(Seconds.milliseconds(report.checks[$0].milliseconds))"
            }
    }

    func time() -> [String]? {
        let words = ReportWords.time(report.time)
        guard !words.isEmpty || !report.time.phases.isEmpty else { return nil }
        return ["## Time", ""] + words.map { "- \(line($0))" }
            + (report.time.phases.isEmpty ? [] : [""])
            + (report.time.phases.isEmpty
                ? []
                : MarkdownReport.table(
                    ["Phase", "Steps", "Time"], numbers: 1..<3,
                    report.time.phases.map { [line($0.name), "\($0.steps)", Seconds.text($0.seconds)] }))
    }

    func checks() -> [String]? {
        guard !report.checks.isEmpty else { return nil }
        return ["## All checks", "", "<details><summary>\(report.checks.count) checks</summary>", ""]
            + MarkdownReport.table(
                ["Check", "Priority", "Status", "Time", "Measured"], numbers: 3..<4,
                report.checks.map { check in
                    [
                        code(check.name), check.priority.rawValue, check.status.words,
                        Seconds.milliseconds(check.milliseconds),
                        check.answeredBy.map(code) ?? check.target.flatMap { report.targets[$0].revision }.map(code)
                            ?? "–",
                    ]
                }) + ["", "</details>"]
    }

    func end() -> [String]? {
        [
            "<sub>stagectl \(line(report.tool.version))"
                + (report.tool.configuration.map { ", configuration \(line($0))" } ?? "")
                + ", generated \(line(report.generated))</sub>"
        ]
    }
}
