import Releases
import Verification

/// What a reader holds the run against: the index, what did not run, waivers, earlier runs.
struct HTMLRecord {
    let report: Report

    func write(to page: inout HTMLWriter) {
        coverage(&page)
        waivers(&page)
        changes(&page)
        flaky(&page)
        groups("suites", "By suite", report.suites, &page)
        groups("modules", "By module", report.modules, &page)
        slowest(&page)
    }

    private func link(_ place: Int) -> String {
        "<a href=\"#\(report.checks[place].anchor)\">\(HTMLText.line(report.checks[place].name))</a>"
    }

    private func coverage(_ page: inout HTMLWriter) {
        guard report.index != nil || !report.notRun.isEmpty else { return }
        page.section("coverage", "What was not run") { page in
            if let index = report.index {
                page.raw("<p class=\"lead\">\(HTMLText.line(ReportWords.index(index))).</p>")
                let width = Double(index.ran) * 1000 / Double(max(1, index.listed))
                page.raw(
                    "<svg class=\"counts\" viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                        + "<rect class=\"s-passed\" width=\"\(Decimal.short(width))\" height=\"14\"/></svg>")
                let missing = index.missing.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                if !missing.isEmpty {
                    page.table(
                        "Tests of the index without a result", ["Suite", "Tests without a result"], numbers: [1],
                        missing.prefix(100).map { [HTMLText.line($0.key), "\($0.value)"] })
                }
            }
            for group in report.notRun {
                page.raw(
                    "<details><summary>\(group.count) \(group.status.words): \(HTMLText.line(group.reason))</summary>"
                        + "<ul class=\"names\">"
                        + group.checks.map { "<li>\(HTMLText.line($0))</li>" }.joined() + "</ul>"
                        + (group.count > group.checks.count
                            ? "<p class=\"soft\">and \(group.count - group.checks.count) more</p>" : "") + "</details>")
            }
        }
    }

    private func waivers(_ page: inout HTMLWriter) {
        guard !report.waivers.isEmpty else { return }
        page.section("waivers", "Waivers") { page in
            page.table(
                "Known problems and who answers for them",
                ["Check", "Kind", "Owner", "Issue", "Reason", "Used", "Left"],
                numbers: [5],
                report.waivers.map { use in
                    [
                        HTMLText.line("\(use.suite)/\(use.match)"), use.kind.noun, HTMLText.line(use.owner),
                        HTMLText.line(use.issue), HTMLText.line(use.reason), "\(use.uses)",
                        HTMLText.line(ReportWords.waiver(use)),
                    ]
                })
        }
    }

    private func changes(_ page: inout HTMLWriter) {
        guard report.changes != nil || report.history.count > 1 else { return }
        page.section("changes", "Since the last run") { page in
            if let chart = PassRateChart.markup(report.history) { page.raw(chart) }
            guard let changes = report.changes else { return }
            page.raw(
                "<p class=\"lead\">Against run <code>\(HTMLText.line(changes.run))</code>, which was "
                    + "\(HTMLText.line(changes.result)).</p>")
            let found = changes.all.filter { !$0.changes.isEmpty }
            if found.isEmpty { page.raw("<p>No check came to anything else.</p>") }
            for (name, list) in found {
                page.raw(
                    "<details\(name == "newly failing" ? " open" : "")><summary>\(list.count) \(name)</summary><ul class=\"names\">"
                )
                for change in list {
                    page.raw(
                        "<li>\(HTMLText.line(change.check)) <span class=\"soft\">\(HTMLText.line(change.before ?? "–")) → "
                            + "\(HTMLText.line(change.now ?? "–"))</span></li>")
                }
                page.raw("</ul></details>")
            }
        }
    }

    private func flaky(_ page: inout HTMLWriter) {
        guard !report.flaky.isEmpty || !report.unstable.isEmpty else { return }
        page.section("flaky", "Flaky") { page in
            for place in report.flaky {
                page.raw("<p>\(link(place))</p><ol>")
                for (number, attempt) in report.checks[place].tries.enumerated() {
                    page.raw("<li>\(HTMLText.line(ReportWords.attempt(attempt, number + 1)))</li>")
                }
                page.raw("</ol>")
            }
            guard !report.unstable.isEmpty else { return }
            page.table(
                "Least stable over earlier runs",
                ["Check", "Runs", "Failed", "Changes", "Images on which it did both"],
                numbers: [1, 2, 3, 4],
                report.unstable.map {
                    [HTMLText.line($0.check), "\($0.runs)", "\($0.failed)", "\($0.changes)", "\($0.disagreements)"]
                })
        }
    }

    private func groups(_ id: String, _ title: String, _ groups: [ReportedGroup], _ page: inout HTMLWriter) {
        guard !groups.isEmpty else { return }
        page.section(id, title) { page in
            page.table(
                title,
                [
                    "Name", "Priority", "Owner", "Checks", "Passed", "Failed", "Flaky, excused", "Skipped, not run",
                    "Time",
                ],
                numbers: Set(3...8),
                groups.map { group in
                    [HTMLText.line(group.name), group.priority?.rawValue ?? "–", HTMLText.line(group.owner ?? "–")]
                        + MarkdownReport.numbers(group.counts) + [Seconds.text(group.milliseconds / 1000)]
                })
        }
    }

    private func slowest(_ page: inout HTMLWriter) {
        guard !report.slowest.isEmpty else { return }
        page.section("slowest", "Slowest checks") { page in
            page.table(
                "The ten slowest checks", ["Check", "Time"], numbers: [1],
                report.slowest.map { [link($0), Seconds.milliseconds(report.checks[$0].milliseconds)] })
        }
    }
}
