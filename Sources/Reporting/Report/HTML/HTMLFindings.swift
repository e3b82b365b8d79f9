import Releases
import Verification

/// What was found out: value, failures, what to do.
struct HTMLFindings {
    let report: Report

    func write(to page: inout HTMLWriter) {
        priorities(&page)
        failures(&page)
        next(&page)
    }

    private func priorities(_ page: inout HTMLWriter) {
        guard !report.priorities.isEmpty else { return }
        page.section("priorities", "By priority") { page in
            if let value = ReportWords.value(report.priorities) {
                page.raw("<p class=\"lead\">Value \(HTMLText.line(value)).</p>")
            }
            page.table(
                "Checks by priority",
                [
                    "Priority", "Protects", "State", "Checks", "Passed", "Failed", "Flaky, excused", "Skipped, not run",
                    "Time",
                ],
                numbers: Set(3...8),
                report.priorities.map { row in
                    [
                        row.priority.rawValue, HTMLText.line(row.protects ?? "–"),
                        "<span class=\"pill p-\(row.state.rawValue)\">\(ReportWords.state(row.state))</span>",
                    ] + MarkdownReport.numbers(row.counts) + [Seconds.text(row.milliseconds / 1000)]
                },
                foot: ["All", "", ""] + MarkdownReport.numbers(report.counts)
                    + [Seconds.text(report.priorities.reduce(0) { $0 + $1.milliseconds } / 1000)])
        }
    }

    private func failures(_ page: inout HTMLWriter) {
        guard !report.clusters.isEmpty else { return }
        page.section("failures", "Failures by cause") { page in
            for cluster in report.clusters {
                let count = cluster.checks.count
                page.raw("<article class=\"card bad\">")
                page.raw(
                    "<h3><span class=\"pill p-at-risk\">\(cluster.priority.rawValue)</span> \(count) check\(count == 1 ? "" : "s"): "
                        + "\(HTMLText.line(cluster.cause ?? cluster.example))</h3>")
                page.facts([
                    ("seen", cluster.cause == nil ? nil : HTMLText.line(cluster.example)),
                    ("fix", cluster.fix.map { HTMLText.line($0) }),
                ])
                let links = cluster.checks.prefix(24).map { place in
                    "<li><a href=\"#\(report.checks[place].anchor)\">\(HTMLText.line(report.checks[place].name))</a></li>"
                }
                page.raw("<ul class=\"names\">\(links.joined())</ul>")
                if count > 24 { page.raw("<p class=\"soft\">and \(count - 24) more, in the list of checks</p>") }
                let again = cluster.checks.map { report.checks[$0].reproduction }.first { !$0.isEmpty }
                if let again { HTMLChecks.code(again, "Ask the same by hand", &page) }
                page.raw("</article>")
            }
        }
    }

    private func next(_ page: inout HTMLWriter) {
        guard !report.recommendations.isEmpty else { return }
        page.section("next", "What to do next") { page in
            page.raw("<ol class=\"next\">")
            for item in report.recommendations {
                page.raw(
                    "<li><strong>\(HTMLText.line(item.action))</strong><p>\(HTMLText.line(item.evidence))</p>"
                        + (item.command.map { "<code class=\"command\">\(HTMLText.line($0))</code>" } ?? "") + "</li>")
            }
            page.raw("</ol>")
        }
    }
}
