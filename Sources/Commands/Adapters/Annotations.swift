import Configuration
import Releases
import Reporting
import Verification

/// What a run has found, as marks on the page of a GitHub Actions run and in the files that were changed.
extension Console {
    /// GitHub shows ten of each kind for a step, and drops the others without a word.
    private static var most: Int { 10 }

    /// Each place that the failure names, or the failure itself.
    func annotate(_ failure: Failure) {
        let places = failure.details.filter { $0.place != nil }
        let marks = places.map { detail in
            WorkflowCommand.annotation(
                .error, title: failure.summary, message: detail.value, at: detail.place, root: style.workspace)
        }
        guard !marks.isEmpty else {
            // What failed in checks has its marks already.
            guard failure.category != .checks else { return }
            let hint = failure.hint.map { "\nhint: \($0)" } ?? ""
            return tell(.annotation(.error, title: "stagectl", message: failure.summary + hint))
        }
        tell(marks, kind: .error, noun: "finding")
    }

    /// Checks that did not pass where their suites say them, and what passed only by a waiver or at a second try.
    func annotate(_ checks: [CheckResult], of suites: [Suite]) {
        guard style.hasWorkflowCommands else { return }
        let places = Dictionary(
            suites.flatMap { suite in suite.checks.map { ("\(suite.name)/\($0.id)", $0.place) } },
            uniquingKeysWith: { first, _ in first })
        var errors: [WorkflowCommand] = []
        var warnings: [WorkflowCommand] = []
        for check in checks {
            guard let level = Self.level(of: check.status) else { continue }
            let name = "\(check.suite)/\(check.id)"
            // A test of a runner is called after its check.
            let place = places[name] ?? places[String(name.prefix { $0 != "/" }) + "/" + check.id.prefix { $0 != "/" }]
            let words = [check.summary, check.cause, check.fix, check.policy].compactMap(\.self)
            let mark = WorkflowCommand.annotation(
                level, title: "\(name) \(check.status.rawValue)",
                message: words.isEmpty ? check.status.rawValue : words.joined(separator: "\n"), at: place ?? nil,
                root: style.workspace)
            if level == .error { errors.append(mark) } else { warnings.append(mark) }
        }
        tell(errors, kind: .error, noun: "check")
        tell(warnings, kind: .warning, noun: "check")
    }

    /// Nil for what nobody has to look at: what passed, and what did not run because of another one.
    private static func level(of status: CheckStatus) -> WorkflowCommand.Level? {
        switch status {
        case .failed, .error, .xpass: .error
        case .flaky, .waived, .quarantined, .xfail: .warning
        case .passed, .skipped, .blocked, .notRun: nil
        }
    }

    private func tell(_ marks: [WorkflowCommand], kind: WorkflowCommand.Level, noun: String) {
        guard marks.count > Self.most else { return marks.forEach(tell) }
        marks.prefix(Self.most - 1).forEach(tell)
        let rest = marks.count - Self.most + 1
        tell(
            .annotation(
                kind, title: "stagectl", message: "\(Counted.text(rest, "more \(noun)")): see the log of this step"))
    }
}
