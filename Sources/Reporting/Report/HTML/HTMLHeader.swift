import Releases
import Verification

/// What everybody reads: the verdict, the rule that decided it, and the numbers.
struct HTMLHeader {
    let report: Report

    func write(to page: inout HTMLWriter) {
        let verdict = report.verdict
        page.raw("<header class=\"top \(tone)\"><div class=\"wrap\">")
        page.raw("<p class=\"kicker\">\(HTMLText.line(ReportWords.title(report)))</p>")
        page.raw(
            "<h1><span class=\"badge\">\(verdict.headline.rawValue)</span> \(HTMLText.line(verdict.sentence))</h1>")
        page.raw(
            "<p class=\"rule\"><strong>\(verdict.result.rawValue)</strong> \(HTMLText.line(verdict.rule))"
                + (verdict.decidedBy.map { " <code>\($0.rawValue)</code>" } ?? "") + "</p>")
        tiles(&page)
        bar(&page)
        page.facts(ReportWords.facts(report).map { ($0.0, HTMLText.line($0.1)) })
        for note in report.notes { page.raw("<p class=\"note\">\(HTMLText.line(note))</p>") }
        page.raw("</div></header>")
        page.raw(
            "<nav aria-label=\"Sections\"><div class=\"wrap\">"
                + links.map { "<a href=\"#\($0.0)\">\($0.1)</a>" }.joined() + "</div></nav>")
    }

    private var tone: String {
        switch report.verdict.headline {
        case .release: "good"
        case .hold: "warn"
        case .rolledBack, .failed, .needsAttention: "bad"
        }
    }

    private var links: [(String, String)] {
        let all: [(String, String, Bool)] = [
            ("priorities", "Priorities", !report.priorities.isEmpty),
            ("failures", "Failures", !report.clusters.isEmpty),
            ("next", "Next", !report.recommendations.isEmpty), ("deployment", "Deployment", !report.services.isEmpty),
            ("timeline", "Timeline", HTMLDeployment.hasTime(report)),
            ("performance", "Performance", report.latency != nil || !report.objectives.isEmpty),
            ("coverage", "Coverage", report.index != nil || !report.notRun.isEmpty),
            ("changes", "Changes", report.changes != nil || report.history.count > 1),
            ("checks", "Checks", !report.checks.isEmpty),
        ]
        return all.filter(\.2).map { ($0.0, $0.1) }
    }

    private func tiles(_ page: inout HTMLWriter) {
        let counts = report.counts
        let failed = counts[.failed] + counts[.error] + counts[.xpass]
        let idle = counts[.blocked] + counts[.notRun]
        var tiles: [(String, String, String, String)] = [
            (
                "Passed", "\(counts[.passed])", "of the \(counts.total) checks of this run",
                counts[.passed] == counts.total && counts.total > 0 ? "good" : ""
            ),
            (
                "Failed", "\(failed)",
                failed == 0 ? "none" : "by \(report.clusters.count) cause\(report.clusters.count == 1 ? "" : "s")",
                failed > 0 ? "bad" : ""
            ),
            (
                "Not run", "\(idle)", idle == 0 ? "nothing was left over" : "should have, and did not",
                idle > 0 ? "warn" : ""
            ),
        ]
        if counts[.skipped] > 0 {
            tiles.append(("Skipped", "\(counts[.skipped])", "left out on purpose", "warn"))
        }
        let excused = counts.total - counts[.passed] - failed - idle - counts[.skipped]
        if excused > 0 { tiles.append(("Flaky or excused", "\(excused)", "not a clean pass", "warn")) }
        if let index = report.index {
            tiles.append(
                (
                    "Test index", "\(index.percent) %", "\(index.ran) ran of the \(index.listed) that there should be",
                    index.percent < 100 ? "warn" : "good"
                ))
        }
        if let total = report.time.totalSeconds { tiles.append(("Time", Seconds.text(total), "for the whole run", "")) }
        page.raw(
            "<ul class=\"tiles\">"
                + tiles.map {
                    "<li class=\"\($0.3)\"><span class=\"name\">\($0.0)</span><span class=\"value\">\($0.1)</span>"
                        + "<span class=\"hint\">\($0.2)</span></li>"
                }.joined() + "</ul>")
    }

    /// One bar of all statuses. The same is in words below it.
    private func bar(_ page: inout HTMLWriter) {
        let total = report.counts.total
        guard total > 0 else { return }
        var x = 0.0
        var shapes = ""
        var legend = ""
        for status in CheckStatus.allCases where report.counts[status] > 0 {
            let count = report.counts[status]
            let width = Double(count) * 1000 / Double(total)
            shapes +=
                "<rect class=\"s-\(status.rawValue)\" x=\"\(Decimal.short(x))\" y=\"0\" width=\"\(Decimal.short(max(2, width)))\" height=\"14\"/>"
            x += width
            legend += "<li><i class=\"s-\(status.rawValue)\" aria-hidden=\"true\"></i>\(count) \(status.words)</li>"
        }
        page.raw(
            "<svg class=\"counts\" viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\(shapes)</svg>"
                + "<ul class=\"legend\">\(legend)</ul>")
        let known = CheckStatus.allCases.filter { report.counts[$0] > 0 }
        page.raw("<details class=\"words\"><summary>What these words mean</summary>")
        page.facts(known.map { ($0.words, HTMLText.line(ReportWords.meaning($0))) })
        page.raw("</details>")
    }
}
