package import Loop
import Verification

/// A loop as Markdown that a CI job's summary takes.
package enum LoopReportMarkdown {
    package static func render(_ loop: LoopDocument, limit: Int = MarkdownReport.mostBytes) -> String {
        var text = ""
        let note =
            "\n**Cut here: the report is larger than \(limit >> 10) KiB. `loop.html` and `loop.json` have all of it.**\n"
        let sections =
            [head(loop), table(loop)] + loop.iterations.map { iteration($0, loop) } + [
                flaky(loop), left(loop), state(loop),
            ]
        for section in sections where !section.isEmpty {
            let part = (section + [""]).joined(separator: "\n") + "\n"
            guard text.utf8.count + part.utf8.count <= limit - note.utf8.count else { return text + note }
            text += part
        }
        return text
    }

    private static func line(_ text: String) -> String { MarkdownText.line(text, limit: 600) }
    private static func code(_ text: String) -> String { MarkdownText.code(text) }

    private static func head(_ loop: LoopDocument) -> [String] {
        [
            "# \(loop.goal ? "✅" : "❌") \(LoopReportWords.headline(loop)): \(line(LoopReportWords.title(loop)))", "",
            "\(line(loop.why)).", "",
            LoopReportWords.facts(loop).map { "\($0.0) \(code($0.1))" }.joined(separator: " · "),
        ]
    }

    private static func table(_ loop: LoopDocument) -> [String] {
        guard !loop.iterations.isEmpty else { return [] }
        let phases = LoopReportWords.phases.filter { phase in loop.iterations.contains { $0.seconds[phase] != nil } }
        return ["## Iterations", ""]
            + MarkdownReport.table(
                ["#", "Result", "Checks", "Passed", "Failed", "Other", "Not run", "Of the index"] + phases,
                numbers: 2..<(8 + phases.count),
                loop.iterations.map { iteration in
                    let numbers = LoopReportWords.numbers(iteration.verdict?.counts ?? [:])
                    let coverage = LoopReportWords.coverage(iteration, loop).map { "\($0) %" } ?? "–"
                    return ["\(iteration.number)", line(LoopReportWords.state(iteration))]
                        + [numbers.total, numbers.passed, numbers.failed, numbers.other, numbers.idle].map(String.init)
                        + [coverage] + phases.map { iteration.seconds[$0].map(Seconds.text) ?? "–" }
                })
    }

    private static func iteration(_ iteration: LoopDocument.Iteration, _ loop: LoopDocument) -> [String] {
        var lines = ["## Iteration \(iteration.number): \(line(LoopReportWords.state(iteration)))", ""]
        if let commit = iteration.commit { lines.append("- commit \(code(String(commit.prefix(12))))") }
        if let run = iteration.run {
            lines.append("- release \(code(run)) of \(iteration.services.map(code).joined(separator: ", "))")
        }
        if let verdict = iteration.verdict { lines.append("- \(line(verdict.rule))") }
        lines += LoopReportWords.links(iteration, of: loop).map { "- \($0.0): [\($0.1)](\($0.1))" }
        for service in iteration.unready {
            lines.append(
                "- \(code(service.service)) does not serve: \(line(service.diagnosis.joined(separator: "; ")))")
        }
        for group in iteration.groups {
            let names = group.checks.prefix(10).map { code($0.name) }.joined(separator: ", ")
            lines.append(
                "- **\(group.priority.rawValue)** \(group.cause.kind.rawValue) (\(group.cause.confidence.rawValue)): "
                    + "\(line(group.cause.statement)): \(names)\(group.checks.count > 10 ? " …" : "")")
        }
        if let bisect = iteration.bisect {
            lines.append("- bisect of \(code(bisect.check)): \(LoopReportWords.bisect(bisect, name: code))")
        }
        if let fix = LoopReportWords.fix(iteration) {
            lines.append("- fix: \(line(fix))")
            lines += (iteration.fix?.files ?? []).prefix(20).map { "  - \(code($0))" }
            if let summary = iteration.fix?.summary { lines.append("  - it says: \(line(summary))") }
        }
        return lines
    }

    private static func flaky(_ loop: LoopDocument) -> [String] {
        let flaky = Array(Set(loop.iterations.flatMap(\.flaky))).sorted()
        return flaky.isEmpty ? [] : ["## Flaky", ""] + flaky.prefix(100).map { "- \(code($0))" }
    }

    private static func left(_ loop: LoopDocument) -> [String] {
        let left = loop.goal ? [] : LoopReportWords.left(loop)
        guard !left.isEmpty else { return [] }
        return ["## What is left", ""] + left.map { "- \(line($0))" }
            + loop.left.failing.prefix(50).map { "  - \(code($0))" }
    }

    private static func state(_ loop: LoopDocument) -> [String] {
        guard let traffic = loop.traffic, !traffic.isEmpty else { return [] }
        return ["## Traffic", ""]
            + traffic.map {
                "- \(code($0.service)) (\(line($0.region))): \(line(ReportWords.traffic($0.traffic)))"
            }
    }
}
