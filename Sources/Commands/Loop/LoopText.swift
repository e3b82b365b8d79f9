import Configuration
import Loop
import Releases
import Reporting
import Verification

/// What a loop says while it works: a block for each iteration, one line for each thing that it has found out.
enum LoopText {
    static func beginning(_ order: LoopOrder, isResumed: Bool) -> String {
        let mender =
            switch order.mender {
            case .command(let line): "fix: \(SafeText.line(line))"
            case .person: "fix: by hand"
            case .watched: "watching the source"
            case .nobody: "no fix"
            }
        let bound = order.limits.isUnbounded ? "" : "at most \(Counted.text(order.limits.iterations, "iteration")), "
        return "loop \(order.run) \(isResumed ? "goes on" : "begins"): \(bound)\(mender)"
    }

    static func iteration(_ number: Int, of order: LoopOrder, head: String?) -> String {
        "iteration \(number)" + (order.limits.isUnbounded ? "" : " of \(order.limits.iterations)")
            + (head.map { "  \($0.prefix(12))" } ?? "")
    }

    static func released(_ release: IterationRelease) -> String {
        let what = release.services.isEmpty ? "nothing to release" : release.services.joined(separator: ", ")
        let state =
            switch release.state {
            case .passed: release.outcome == .unchanged ? "unchanged" : "serves"
            case .refused: "refused by its suites"
            case .blocked: "blocked on deployment"
            case .attention: "needs a person"
            case .impossible: "could not begin"
            }
        let why = release.failure.map { ": " + SafeText.line($0.summary) } ?? ""
        return "  release  \(what)  \(state)\(release.state == .passed ? "" : why)  \(Seconds.text(release.seconds))"
    }

    static func verdict(_ verdict: IterationVerdict) -> String {
        let counts = verdict.counts.filter { $0.value > 0 && $0.key != "total" }.sorted { $0.key < $1.key }
            .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return
            "  verdict  \(verdict.result.rawValue): \(counts)\(verdict.result == .pass ? "" : "  (\(SafeText.line(verdict.rule)))")"
    }

    static func first(_ number: Int) -> String { "  first    \(Counted.text(number, "check")) that failed before" }

    static func causes(_ groups: [FailureGroup]) -> [String] {
        groups.map { group in
            "  cause    \(group.priority.rawValue) \(group.cause.kind.rawValue) (\(group.cause.confidence.rawValue)): "
                + SafeText.line(group.cause.statement) + "  " + Counted.text(group.checks.count, "check")
        }
    }

    static func fix(_ record: FixRecord) -> String {
        "  fix      \(Counted.text(record.files.count, "file")), +\(record.added) -\(record.removed)"
            + (record.summary.map { ": " + SafeText.line($0) } ?? "")
    }

    static func stop(_ document: LoopDocument) -> [String] {
        var lines = [
            "loop \(document.run): \(document.outcome.rawValue) after "
                + Counted.text(document.iterations.count, "iteration") + ": " + SafeText.line(document.why)
        ]
        let left = document.left
        if !document.goal {
            var parts: [String] = []
            if !left.failing.isEmpty {
                parts.append(
                    "failing \(left.failing.prefix(10).joined(separator: ", "))"
                        + (left.failing.count > 10 ? " and \(left.failing.count - 10) more" : ""))
            }
            if !left.unready.isEmpty { parts.append("\(left.unready.joined(separator: ", ")) must serve") }
            if !left.isMeasured { parts.append("everything: nothing was measured") }
            for (number, word) in [(left.skipped, "skipped"), (left.blocked, "blocked"), (left.notRun, "not run")]
            where number > 0 {
                parts.append("\(number) \(word)")
            }
            if left.missing > 0 { parts.append("\(left.missing) of the index missing") }
            lines.append("left: " + (parts.isEmpty ? "nothing that was measured" : parts.joined(separator: "; ")))
            if let best = document.iterations.first(where: { $0.number == document.best }),
                best.number != document.iterations.last?.number
            {
                lines.append(
                    "best: iteration \(best.number)" + (best.commit.map { ", commit \($0.prefix(12))" } ?? ""))
            }
            if let brief = document.iterations.last?.brief { lines.append("brief: \(brief)/brief.md") }
        }
        if let tree = document.tree {
            lines.append(
                "tree: \(tree.branch ?? "no branch") at \(tree.head?.prefix(12) ?? "no commit"), "
                    + (tree.clean ? "clean" : "with changes"))
            // One that goes on does so on its own branch.
            if let began = document.startedOn, tree.branch == document.branch,
                ![.interrupted, .attention].contains(document.outcome)
            {
                lines.append("it began on \(began): \(ShellWord.line(["git", "switch", began]))")
            }
        }
        return lines
    }
}
