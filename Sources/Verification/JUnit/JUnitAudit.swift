/// What is known of a run of an external runner besides the report that it left.
package struct RunnerRun: Hashable, Sendable {
    package var suite: String
    package var priority: Priority
    /// When the runner ran.
    package var window: RunWindow
    /// When the report was last written, in seconds since 1970.
    package var reportWrittenAt: Double
    package var exitCode: Int32
    /// Requests to the target that were seen while the runner ran; nil where nobody counted.
    package var requests: Int?
    /// Cases that must have failed.
    package var controls: [String]

    package init(
        suite: String, priority: Priority, window: RunWindow, reportWrittenAt: Double, exitCode: Int32,
        requests: Int? = nil, controls: [String] = []
    ) {
        self.suite = suite
        self.priority = priority
        self.window = window
        self.reportWrittenAt = reportWrittenAt
        self.exitCode = exitCode
        self.requests = requests
        self.controls = controls
    }
}

/// Turns a runner's report into results that can be judged, and says what cannot be true in it.
package enum JUnitAudit {
    package struct Outcome: Hashable, Sendable {
        package var results: [CheckResult]
        package var controls: [ControlResult]
        /// Why the report as a whole proves nothing; each one is also a result that failed, so that none is lost.
        package var problems: [String]
    }

    private static let reportID = "report"

    package static func judge(_ bytes: [UInt8], of run: RunnerRun) -> Outcome {
        let report: JUnitReport
        do throws(MalformedXML) {
            report = try JUnitReport(parsing: bytes)
        } catch {
            return Outcome(
                results: [problemResult("the report cannot be read: \(error.reason), at byte \(error.offset)", run)],
                controls: [], problems: [error.reason])
        }
        let problems = problems(of: report, run)
        var controls: [ControlResult] = []
        var results: [CheckResult] = []
        for test in report.cases {
            if run.controls.contains(test.id) {
                controls.append(control(test, run))
            } else {
                results.append(result(test, run))
            }
        }
        for id in run.controls where !report.cases.contains(where: { $0.id == id }) {
            controls.append(
                ControlResult(suite: run.suite, id: id, outcome: .unknown, summary: "the report has no such case"))
        }
        if !problems.isEmpty { results.append(problemResult(problems.joined(separator: "; "), run)) }
        return Outcome(results: results, controls: controls, problems: problems)
    }

    private static func problems(of report: JUnitReport, _ run: RunnerRun) -> [String] {
        var problems: [String] = []
        if !run.window.contains(run.reportWrittenAt) {
            problems.append(
                run.reportWrittenAt < run.window.start
                    ? "the report was written before the runner started"
                    : "the report was changed after the runner had ended")
        }
        for stated in report.stated {
            for key in stated.counts.keys.sorted() {
                guard let value = stated.counts[key] else { continue }
                let counted = stated.counted[key] ?? 0
                guard value != counted else { continue }
                let written = value.map(String.init) ?? "no number of"
                problems.append("`\(stated.suite)` states \(written) \(key), its cases are \(counted)")
            }
        }
        let failed = report.cases.contains {
            ($0.outcome == .failed || $0.outcome == .error) && !run.controls.contains($0.id)
        }
        if run.exitCode != 0, !failed, run.controls.isEmpty {
            problems.append("the runner ended with \(run.exitCode), its report shows no failure")
        }
        if run.requests == 0, report.cases.contains(where: { $0.outcome == .passed || $0.outcome == .flaky }) {
            problems.append("no request reached the target while the runner ran")
        }
        problems += timeProblems(of: report, run)
        return problems
    }

    private static func timeProblems(of report: JUnitReport, _ run: RunnerRun) -> [String] {
        let times = report.cases.filter { $0.outcome == .passed || $0.outcome == .flaky }.compactMap(\.seconds)
        var problems: [String] = []
        if times.contains(where: { !$0.isFinite || $0 < 0 }) {
            problems.append("a case took a time that is no time")
        }
        let length = run.window.end - run.window.start + RunWindow.tolerance
        if let longest = times.max(), longest.isFinite, longest > length {
            problems.append("a case took longer than the whole run")
        }
        // Real requests differ in microseconds; twenty tests of one and the same length slept or were written by hand.
        // Reports that round to whole or hundredth seconds are equal by that alone.
        if times.count >= 20, let first = times.first, first > 0, times.allSatisfy({ $0 == first }),
            (first * 100).rounded() != first * 100
        {
            problems.append("all \(times.count) passes took exactly \(first) s")
        }
        return problems
    }

    private static func control(_ test: JUnitReport.Case, _ run: RunnerRun) -> ControlResult {
        let outcome: ControlResult.Outcome =
            switch test.outcome {
            case .failed: .failed
            case .passed, .flaky: .passed
            case .error, .skipped: .unknown
            }
        return ControlResult(suite: run.suite, id: test.id, outcome: outcome, summary: test.message)
    }

    private static func result(_ test: JUnitReport.Case, _ run: RunnerRun) -> CheckResult {
        let status: CheckStatus =
            switch test.outcome {
            case .passed: .passed
            case .flaky: .flaky
            case .failed: .failed
            case .error: .error
            case .skipped: .skipped
            }
        var evidence = Evidence()
        evidence.requests = run.requests
        evidence.startedAt = run.window.start
        return CheckResult(
            id: test.id.isEmpty ? "(no name)" : test.id, suite: run.suite, priority: run.priority, status: status,
            milliseconds: (test.seconds ?? 0) * 1000, attempts: test.outcome == .flaky ? 2 : 1, evidence: evidence,
            summary: test.message)
    }

    private static func problemResult(_ problem: String, _ run: RunnerRun) -> CheckResult {
        CheckResult(
            id: reportID, suite: run.suite, priority: run.priority, status: .error, attempts: 1, summary: problem)
    }
}
