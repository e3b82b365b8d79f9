import Releases
import Verification

/// What was deployed, what it takes, and when.
struct HTMLDeployment {
    let report: Report

    func write(to page: inout HTMLWriter) {
        services(&page)
        timeline(&page)
    }

    private func services(_ page: inout HTMLWriter) {
        guard !report.services.isEmpty else { return }
        page.section("deployment", "Deployment") { page in
            page.raw("<div class=\"cards\">")
            for service in report.services { card(service, &page) }
            page.raw("</div>")
            if let prices = report.prices {
                page.raw("<p class=\"soft\">Costs: \(HTMLText.line(ReportWords.prices(prices))).</p>")
            }
        }
    }

    private func card(_ service: ReportedService, _ page: inout HTMLWriter) {
        let owner = ReportWords.owner(service)
        func code(_ text: String?) -> String? { text.map { "<code>\(HTMLText.line($0))</code>" } }
        page.raw(
            "<article class=\"card\"><h3>\(HTMLText.line(service.service)) <span class=\"soft\">\(HTMLText.line(service.region))</span></h3>"
        )
        page.facts([
            ("outcome", service.outcome.rawValue), ("serving", code(service.revision)),
            ("before", code(service.previousRevision)),
            ("candidate", service.candidate == service.revision ? nil : code(service.candidate)),
            ("commit", code(service.commit).map { $0 + (service.dirty ? " with uncommitted changes" : "") + owner }),
            ("image", code(service.image).map { $0 + owner }),
            ("size", ReportWords.image(service).map { HTMLText.line($0) }),
            ("takes", service.resources.map { HTMLText.line(ReportWords.resources($0)) }),
            ("costs", service.resources?.cost.map { HTMLText.line(ReportWords.cost($0)) }),
            (
                "set for this release",
                service.environmentOverrides.isEmpty
                    ? nil : HTMLText.line(service.environmentOverrides.joined(separator: ", "))
            ),
        ])
        if !service.trafficAfter.isEmpty || !service.trafficBefore.isEmpty {
            page.raw("<div class=\"split\">")
            for (name, shares) in [("before", service.trafficBefore), ("after", service.trafficAfter)]
            where !shares.isEmpty {
                page.raw(
                    "<p><span class=\"soft\">Traffic \(name)</span> \(HTMLText.line(ReportWords.traffic(shares)))</p>")
                page.raw(TrafficChart.bar(shares, known: service.trafficBefore + service.trafficAfter))
            }
            page.raw("</div>")
        }
        if let diagnosis = service.diagnosis {
            page.raw("<div class=\"note\">")
            page.facts([("cause", HTMLText.line(diagnosis.cause)), ("fix", HTMLText.line(diagnosis.fix))])
            if let command = diagnosis.command { HTMLChecks.code([command], "Type", &page) }
            if !diagnosis.evidence.isEmpty { HTMLChecks.code(diagnosis.evidence, "What was seen", &page) }
            if !diagnosis.logs.isEmpty { HTMLChecks.code(diagnosis.logs, "The container's last lines", &page) }
            page.raw("</div>")
        }
        page.raw("</article>")
    }

    /// Suites that were run on their own have no steps, and took their time as well.
    static func hasTime(_ report: Report) -> Bool {
        !report.steps.isEmpty || !report.traffic.isEmpty || !ReportWords.time(report.time).isEmpty
    }

    private func timeline(_ page: inout HTMLWriter) {
        guard HTMLDeployment.hasTime(report) else { return }
        page.section("timeline", "Timeline") { page in
            if let chart = WaterfallChart(report)?.markup { page.raw(chart) }
            for chart in TrafficChart.all(report) { page.raw(chart) }
            if !report.steps.isEmpty {
                page.raw("<details><summary>Steps as a table</summary>")
                page.table(
                    "Steps", ["Step", "Status", "Began", "Took", "Note"], numbers: [2, 3],
                    report.steps.map { step in
                        [
                            "<code>\(HTMLText.line(step.id))</code>", step.status.rawValue,
                            step.start.map(Seconds.text) ?? "–", Seconds.text(step.seconds),
                            HTMLText.line(step.note ?? ""),
                        ]
                    })
                page.raw("</details>")
            }
            if !report.time.phases.isEmpty {
                page.table(
                    "Time by phase", ["Phase", "Steps", "Time"], numbers: [1, 2],
                    report.time.phases.map { [HTMLText.line($0.name), "\($0.steps)", Seconds.text($0.seconds)] })
            }
            words(&page)
        }
    }

    private func words(_ page: inout HTMLWriter) {
        let words = ReportWords.time(report.time)
        guard !words.isEmpty else { return }
        page.raw("<ul>" + words.map { "<li>\(HTMLText.line($0))</li>" }.joined() + "</ul>")
    }
}
