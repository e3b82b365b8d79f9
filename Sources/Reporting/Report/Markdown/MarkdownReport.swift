import Releases
import Verification

/// A report as Markdown that a CI job's summary takes. GitHub refuses more than 1 MiB of it for a step ("supports content
/// up to a size of 1024k"), and drops the whole summary then.
package enum MarkdownReport {
    /// 900 KiB.
    package static let mostBytes = 900 << 10

    package static func render(_ report: Report, limit: Int = mostBytes) -> String {
        var text = ""
        let note =
            "\n\n**Cut here: the report is larger than \(limit >> 10) KiB. `report.html` and `report.json` have all of it.**\n"
        let room = limit - note.utf8.count
        for section in sections(report) {
            guard let section = section(), !section.isEmpty else { continue }
            for line in section + [""] {
                guard text.utf8.count + line.utf8.count + 1 <= room else { return text + note }
                text += line + "\n"
            }
        }
        return text
    }

    /// In the order in which a reader wants them; made one after the other, since later ones may be cut.
    private static func sections(_ report: Report) -> [() -> [String]?] {
        let later = MarkdownSections(report: report)
        return [
            { head(report) }, { priorities(report) }, later.failures, later.recommendations, later.deployment,
            later.suites,
            later.modules, later.objectives, later.canary, later.health, later.scalability, later.index, later.notRun,
            later.waivers, later.changes, later.flaky, later.slowest, later.time, later.checks, later.end,
        ]
    }

    private static func head(_ report: Report) -> [String] {
        let sign =
            switch report.verdict.headline {
            case .release: "✅"
            case .hold: "⏸️"
            case .rolledBack: "↩️"
            case .failed, .needsAttention: "❌"
            }
        var lines = [
            "# \(sign) \(report.verdict.headline.rawValue): \(MarkdownText.line(ReportWords.title(report)))", "",
            "**\(report.verdict.result.rawValue)**: \(MarkdownText.line(report.verdict.rule, limit: 2000))", "",
            "\(ReportWords.counts(report.counts)). \(MarkdownText.line(report.verdict.sentence)).", "",
        ]
        if let value = ReportWords.value(report.priorities) { lines += ["Value \(MarkdownText.line(value)).", ""] }
        lines.append(
            ReportWords.facts(report).map { "\($0.0) \(MarkdownText.code($0.1))" }.joined(separator: " · "))
        lines += report.notes.flatMap { ["", "> \(MarkdownText.line($0, limit: 1000))"] }
        return lines
    }

    private static func priorities(_ report: Report) -> [String]? {
        guard !report.priorities.isEmpty else { return nil }
        return ["## By priority", ""]
            + table(
                [
                    "Priority", "Protects", "State", "Checks", "Passed", "Failed", "Flaky, excused", "Skipped, not run",
                    "Time",
                ],
                numbers: 3..<9,
                report.priorities.map { row in
                    [
                        row.priority.rawValue, MarkdownText.line(row.protects ?? "–"), ReportWords.state(row.state),
                    ] + numbers(row.counts) + [Seconds.text(row.milliseconds / 1000)]
                } + [["**all**", "", ""] + numbers(report.counts) + [Seconds.text(report.time.checkWorkSeconds)]])
    }

    /// Total, passed, failed, flaky or excused, skipped or not run: they add up.
    static func numbers(_ counts: VerdictCounts) -> [String] {
        let failed = counts[.failed] + counts[.error] + counts[.xpass]
        let idle = counts[.skipped] + counts[.blocked] + counts[.notRun]
        let other = counts.total - counts[.passed] - failed - idle
        return [counts.total, counts[.passed], failed, other, idle].map(String.init)
    }

    static func table(_ header: [String], numbers: Range<Int> = 0..<0, _ rows: [[String]]) -> [String] {
        let rule = header.indices.map { numbers.contains($0) ? "---:" : "---" }
        return [header, rule].map(row) + rows.map(row)
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
