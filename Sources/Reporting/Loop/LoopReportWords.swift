import Loop
import Verification

/// What all renderings of a loop's report say alike.
enum LoopReportWords {
    /// In the order of an iteration.
    static let phases = ["ready", "release", "verify", "rerun", "bisect", "diagnose", "fix"]

    static func title(_ loop: LoopDocument) -> String { "loop \(loop.run) on \(loop.environment)" }

    static func headline(_ loop: LoopDocument) -> String { loop.goal ? "GOAL" : loop.outcome.rawValue.uppercased() }

    /// Passed, failed, other, not run: they add up to the total.
    static func numbers(_ counts: [String: Int]) -> (passed: Int, failed: Int, other: Int, idle: Int, total: Int) {
        func sum(_ statuses: [CheckStatus]) -> Int { statuses.reduce(0) { $0 + (counts[$1.rawValue] ?? 0) } }
        let (passed, failed) = (sum([.passed]), sum([.failed, .error, .xpass]))
        let idle = sum([.skipped, .blocked, .notRun])
        let other = sum([.flaky, .xfail, .waived, .quarantined])
        return (passed, failed, other, idle, passed + failed + other + idle)
    }

    /// Of the index, in whole percent rounded down; nil without one.
    static func coverage(_ iteration: LoopDocument.Iteration, _ loop: LoopDocument) -> Int? {
        guard let listed = loop.left.listed, listed > 0, let ran = iteration.verdict?.ranOfIndex else { return nil }
        return ran * 100 / listed
    }

    static func state(_ iteration: LoopDocument.Iteration) -> String {
        if !iteration.unready.isEmpty {
            return "blocked on deployment: \(iteration.unready.map(\.service).joined(separator: ", "))"
        }
        if iteration.release == .blocked { return "blocked on deployment" }
        guard let verdict = iteration.verdict else { return iteration.release?.rawValue ?? "not tested" }
        return verdict.result.rawValue
    }

    static func fix(_ iteration: LoopDocument.Iteration) -> String? {
        guard let fix = iteration.fix else { return nil }
        if let first = fix.refusals.first {
            return "refused: \(first.path.map { "\($0): " } ?? "")\(first.why)"
                + (fix.refusals.count > 1 ? ", and \(fix.refusals.count - 1) more" : "")
        }
        if let failure = fix.failure { return "failed: \(failure)" }
        let files = fix.files.count == 1 ? "1 file" : "\(fix.files.count) files"
        let commit = fix.commit.map { ", commit \($0.prefix(12))" } ?? ""
        return "\(files), +\(fix.added) −\(fix.removed)\(commit)"
    }

    /// - Parameter name: of a commit.
    static func bisect(_ bisect: LoopDocument.Iteration.Bisect, name: (String) -> String) -> String {
        if let firstBad = bisect.firstBad { return "\(name(String(firstBad.prefix(12)))) broke it" }
        switch bisect.suspects.count {
        case 0: return "no commit broke it: it fails where it once passed, or passes where it fails"
        case 1: return "\(name(String(bisect.suspects[0].prefix(12)))) may have broken it"
        default: return "one of \(bisect.suspects.count) commits broke it"
        }
    }

    static func left(_ loop: LoopDocument) -> [String] {
        var lines: [String] = []
        if !loop.left.failing.isEmpty {
            let count = loop.left.failing.count
            lines.append("\(count) check\(count == 1 ? " fails" : "s fail")")
        }
        if !loop.left.unready.isEmpty {
            lines.append("\(loop.left.unready.joined(separator: ", ")) must serve before anything can be tested")
        }
        if !loop.left.isMeasured { lines.append("nothing was measured") }
        if loop.left.skipped > 0 { lines.append("\(loop.left.skipped) skipped") }
        if loop.left.blocked > 0 { lines.append("\(loop.left.blocked) blocked by others") }
        if loop.left.notRun > 0 { lines.append("\(loop.left.notRun) did not run") }
        if let listed = loop.left.listed {
            lines.append(
                "\(loop.left.passed) of the \(listed) tests of the index pass, \(loop.left.missing) have no result")
        }
        return lines
    }

    static func facts(_ loop: LoopDocument) -> [(String, String)] {
        var facts = [
            ("run", loop.run), ("environment", loop.environment), ("iterations", "\(loop.iterations.count)"),
            ("time of work", Seconds.text(loop.seconds)),
        ]
        if let best = loop.best { facts.append(("best iteration", "\(best)")) }
        if loop.cost > 0 { facts.append(("cost", Dollars.text(loop.cost))) }
        if let branch = loop.branch { facts.append(("branch", branch)) }
        if let tree = loop.tree {
            facts.append(
                ("tree", "\(tree.clean ? "clean" : "with changes")\(tree.head.map { ", \($0.prefix(12))" } ?? "")"))
        }
        if let locks = loop.locks {
            if !locks.isEmpty { facts.append(("locks", locks.joined(separator: ", "))) }
        } else {
            facts.append(("traffic and locks", "nobody could look"))
        }
        return facts
    }

    static func value(_ groups: [FailureGroup]) -> [String] {
        Array(Set(groups.flatMap(\.valueAtRisk))).sorted()
    }

    /// What `--report` keeps of the iteration in a folder of its own, seen from the loop's page.
    static func links(_ iteration: LoopDocument.Iteration, of loop: LoopDocument) -> [(String, String)] {
        guard loop.report != nil else { return [] }
        let folder = "\(iteration.number)"
        return [
            iteration.report.map { _ in ("report", folder + "/report.html") },
            iteration.brief.map { _ in ("brief", folder + "/brief.md") },
            iteration.fix.flatMap { $0.files.isEmpty ? nil : ("patch", folder + "/fix.patch") },
        ].compactMap(\.self)
    }
}
