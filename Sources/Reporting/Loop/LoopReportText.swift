package import Loop
import Verification

/// A loop for a terminal or a log. No control characters but the palette's.
package enum LoopReportText {
    package static func render(_ loop: LoopDocument, palette: Palette = Palette(isEnabled: false)) -> String {
        var lines = [
            "\(palette.strong(LoopReportWords.headline(loop)))  \(SafeText.line(LoopReportWords.title(loop)))",
            "  \(SafeText.line(loop.why))",
        ]
        func section(_ title: String, _ found: [String]) {
            guard !found.isEmpty else { return }
            lines += ["", palette.strong(title)] + found.map { "  " + SafeText.line($0) }
        }
        section("iterations", loop.iterations.flatMap { iteration($0, loop) })
        section("flaky", Array(Set(loop.iterations.flatMap(\.flaky))).sorted())
        section("left", loop.goal ? [] : LoopReportWords.left(loop) + loop.left.failing.prefix(20).map { "  \($0)" })
        section(
            "state",
            LoopReportWords.facts(loop).map { "\($0.0): \($0.1)" }
                + (loop.traffic ?? []).map {
                    "traffic of \($0.service) (\($0.region)): \(ReportWords.traffic($0.traffic))"
                })
        return lines.joined(separator: "\n")
    }

    private static func iteration(_ iteration: LoopDocument.Iteration, _ loop: LoopDocument) -> [String] {
        var head = "\(iteration.number)  \(LoopReportWords.state(iteration))"
        if let counts = iteration.verdict?.counts {
            let numbers = LoopReportWords.numbers(counts)
            head += "  \(numbers.passed) of \(numbers.total) passed, \(numbers.failed) failed"
        }
        if loop.best == iteration.number, loop.iterations.count > 1 { head += "  (best)" }
        var lines = [head]
        lines += iteration.groups.map { group in
            let count = group.checks.count
            return
                "   \(group.priority.rawValue)  \(group.cause.kind.rawValue)  \(count) check\(count == 1 ? "" : "s"): "
                + group.cause.statement
        }
        if let bisect = iteration.bisect {
            lines.append("   bisect of \(bisect.check): \(LoopReportWords.bisect(bisect) { $0 })")
        }
        if let fix = LoopReportWords.fix(iteration) { lines.append("   fix  \(fix)") }
        return lines
    }
}
