import Releases
import Verification

/// What was measured: performance, canary, health, many at once.
struct HTMLMeasures {
    let report: Report

    func write(to page: inout HTMLWriter) {
        performance(&page)
        canaries(&page)
        health(&page)
        scalability(&page)
    }

    private func name(_ place: Int) -> String {
        "<a href=\"#\(report.checks[place].anchor)\">\(HTMLText.line(report.checks[place].name))</a>"
    }

    private func performance(_ page: inout HTMLWriter) {
        guard report.latency != nil || !report.objectives.isEmpty else { return }
        page.section("performance", "Performance") { page in
            if !report.objectives.isEmpty {
                page.raw(ObjectiveChart.markup(report))
                page.table(
                    "Limits and what was measured",
                    ["Check", "Percentile", "Measured", "95 % bounds", "Limit", "n", "Errors", "Result"],
                    numbers: Set(2...6),
                    report.objectives.map { objective in
                        let words = ReportWords.objective(objective)
                        return [
                            name(objective.check), objective.name, words.measured, words.bounds, words.limit,
                            "\(objective.samples)", "\(objective.errors)",
                            "<span class=\"pill o-\(objective.result.rawValue)\">\(objective.result.rawValue)</span>",
                        ]
                    })
            }
            guard let latency = report.latency else { return }
            page.raw(LatencyChart.markup(latency))
            page.table(
                "Percentiles of all timed checks", ["Percentile", "Measured", "95 % bounds", "n"], numbers: [1, 2, 3],
                latency.percentiles.map { percentile in
                    [
                        "p\(Decimal.short(percentile.percent))", Seconds.milliseconds(percentile.milliseconds),
                        "\(percentile.lower.map(Seconds.milliseconds) ?? "–") to "
                            + "\(percentile.upper.map(Seconds.milliseconds) ?? "–")", "\(latency.samples)",
                    ]
                })
        }
    }

    private func canaries(_ page: inout HTMLWriter) {
        guard !report.canaries.isEmpty else { return }
        page.section("canary", "Canary") { page in
            for canary in report.canaries {
                let findings = canary.findings
                page.raw(
                    "<article class=\"card\"><h3>\(HTMLText.line(canary.service)): \(findings.decision.rawValue)</h3>"
                        + "<p>\(HTMLText.line(findings.rule))</p>")
                page.facts([
                    ("pairs", "\(findings.pairs), \(findings.answered) answered by the candidate"),
                    ("candidate", findings.candidate.map { HTMLText.line($0) }),
                    ("baseline", findings.baseline.map { HTMLText.line($0) }),
                    ("real requests", findings.realRequests.map(ReportWords.realRequests)),
                ])
                page.table(
                    "Evidence about \(canary.service)",
                    ["Metric", "Evidence that it is worse", "Worse", "Better", "Alike"],
                    numbers: [1, 2, 3, 4],
                    findings.metrics.map { metric in
                        [HTMLText.line(metric.name), Decimal.short(metric.evidence)]
                            + [metric.worse, metric.better, metric.ties].map { $0.map(String.init) ?? "–" }
                    })
                page.raw("</article>")
            }
        }
    }

    private func health(_ page: inout HTMLWriter) {
        guard !report.health.isEmpty else { return }
        page.section("health", "System health") { page in
            page.table(
                "Health windows", ["Service", "State", "Samples", "Median", "Slowest", "Answered by", "Last problem"],
                numbers: [2, 3, 4],
                report.health.map { health in
                    [
                        HTMLText.line(health.service),
                        "<span class=\"pill \(health.healthy ? "o-met" : "o-missed")\">\(health.healthy ? "healthy" : "not healthy")</span>",
                        "\(health.healthySamples) of \(health.samples)",
                        health.medianMilliseconds.map(Seconds.milliseconds) ?? "–",
                        health.slowestMilliseconds.map(Seconds.milliseconds) ?? "–",
                        HTMLText.line(health.revision ?? health.identity ?? "–"), HTMLText.line(health.problem ?? "–"),
                    ]
                })
        }
    }

    private func scalability(_ page: inout HTMLWriter) {
        guard !report.scalability.isEmpty else { return }
        page.section("scalability", "Scalability") { page in
            page.table(
                "What checks measured about many at once", ["Check", "Figure", "Measured"],
                report.scalability.map { [name($0.check), HTMLText.line($0.name), HTMLText.line($0.value)] })
        }
    }
}
