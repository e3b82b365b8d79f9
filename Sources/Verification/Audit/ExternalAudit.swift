/// What is known of a run of an external runner besides the report that it left.
package struct RunnerRun: Hashable, Sendable {
    package var suite: String
    package var priority: Priority
    /// The check that ran it: its tests are called `CHECK/TEST`. Nil where tests have their own names alone.
    package var check: String?
    /// When the runner ran.
    package var window: RunWindow
    /// When the report was last written, in seconds since 1970; nil where it came while the runner ran.
    package var reportWrittenAt: Double?
    package var exitCode: Int32
    /// Requests to the target that were answered while the runner ran; nil where nobody counted.
    package var requests: Int?
    /// It is said not to ask the target, so that its own word is all there is.
    package var isOffline = false
    /// Cases that must have failed.
    package var controls: [String]

    package init(
        suite: String, priority: Priority, window: RunWindow, reportWrittenAt: Double?, exitCode: Int32,
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

/// Turns an external report into results that can be judged, and says what cannot be true in it.
package enum ExternalAudit {
    package struct Outcome: Hashable, Sendable {
        package var results: [CheckResult]
        package var controls: [ControlResult]
        /// Why the report as a whole proves nothing; together they are also a result that failed, so that none is lost.
        package var problems: [String]
    }

    /// A report that cannot be read.
    static func unreadable(_ reason: String, _ run: RunnerRun) -> Outcome {
        let words = "the report cannot be read: \(reason)"
        return Outcome(results: [problemResult(words, run)], controls: [], problems: [words])
    }

    package static func judge(_ report: ExternalReport, of run: RunnerRun) -> Outcome {
        let problems = problems(of: report, run)
        var controls: [ControlResult] = []
        var results: [CheckResult] = []
        results.reserveCapacity(report.tests.count)
        let unit = timeUnit(of: report.tests)
        let controlled = Set(run.controls)
        for test in report.tests {
            if controlled.contains(test.id) {
                controls.append(control(test, run))
            } else {
                results.append(result(test, run, unit))
            }
        }
        let ids = controlled.isEmpty ? [] : Set(report.tests.map(\.id))
        for id in run.controls where !ids.contains(id) {
            controls.append(
                ControlResult(suite: run.suite, id: id, outcome: .unknown, summary: "the report has no such case"))
        }
        if !problems.isEmpty { results.append(problemResult(problems.joined(separator: "; "), run)) }
        return Outcome(results: results, controls: controls, problems: problems)
    }

    // MARK: - What cannot be true

    private static func problems(of report: ExternalReport, _ run: RunnerRun) -> [String] {
        var problems: [String] = []
        if let written = run.reportWrittenAt, !run.window.contains(written) {
            problems.append(
                written < run.window.start
                    ? "the report was written before the runner started"
                    : "the report was changed after the runner had ended")
        }
        problems += report.problems
        if let moment = report.moments.first(where: { !$0.mayLie(in: run.window) }) {
            problems.append(
                moment.seconds < run.window.start
                    ? "the report tells of a time before the runner started"
                    : "the report tells of a time after the runner had ended")
        }
        let failed = report.tests.contains {
            ($0.outcome == .failed || $0.outcome == .error) && !run.controls.contains($0.id)
        }
        if run.exitCode != 0, !failed, run.controls.isEmpty {
            problems.append("the runner ended with \(run.exitCode), its report shows no failure")
        } else if run.exitCode == 0, failed {
            problems.append("the runner ended with 0, its report shows failures")
        }
        if run.requests == 0, report.tests.contains(where: { $0.outcome == .passed || $0.outcome == .flaky }) {
            problems.append("no request reached the target while the runner ran")
        }
        if let long = report.tests.first(where: { $0.id.utf8.count > longestID }) {
            problems.append("the name of a case is longer than \(longestID) bytes: `\(long.id.prefix(60))…`")
        }
        // Two of one name are the verdict's to refuse where results are compared; here they are named as the runner's.
        if run.check != nil, let twice = firstDuplicate(of: report.tests) {
            problems.append("two cases are called `\(twice.prefix(200))`")
        }
        return problems + timeProblems(of: report, run)
    }

    private static let longestID = 2048

    private static func firstDuplicate(of tests: [ExternalTest]) -> String? {
        var seen: Set<String> = []
        return tests.first { !seen.insert($0.id).inserted }?.id
    }

    private static func timeProblems(of report: ExternalReport, _ run: RunnerRun) -> [String] {
        var problems: [String] = []
        if report.tests.contains(where: { $0.seconds.map { !$0.isFinite || $0 < 0 } ?? false }) {
            problems.append("a case took a time that is no time")
        }
        let times = report.tests.filter { $0.outcome == .passed || $0.outcome == .flaky }.compactMap(\.seconds)
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

    // MARK: - Results

    /// Reports whose times are all whole hundredths of a second round to them (`go test` does): no time means less than
    /// one there. With three that are not zero, one of a finer report looks so once in a thousand.
    private static func timeUnit(of tests: [ExternalTest]) -> Double? {
        let times = tests.compactMap(\.seconds).filter { $0 > 0 }
        guard times.count >= 3, times.allSatisfy({ abs(($0 * 100).rounded() - $0 * 100) < 1e-6 }) else { return nil }
        return 0.01
    }

    private static func control(_ test: ExternalTest, _ run: RunnerRun) -> ControlResult {
        let outcome: ControlResult.Outcome =
            switch test.outcome {
            case .failed: .failed
            case .passed, .flaky: .passed
            case .error, .skipped: .unknown
            }
        return ControlResult(suite: run.suite, id: test.id, outcome: outcome, summary: test.message)
    }

    private static func result(_ test: ExternalTest, _ run: RunnerRun, _ unit: Double?) -> CheckResult {
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
        if run.isOffline { evidence.exitCode = Int(run.exitCode) }
        evidence.startedAt = test.startedAt
        var milliseconds = (test.seconds ?? 0) * 1000
        if milliseconds == 0, test.seconds != nil, let unit { milliseconds = unit * 500 }
        let own = test.id.isEmpty ? "(no name)" : test.id
        return CheckResult(
            id: run.check.map { "\($0)/\(own)" } ?? own, suite: run.suite, priority: run.priority, status: status,
            milliseconds: milliseconds, attempts: test.outcome == .flaky ? 2 : test.outcome == .skipped ? 0 : 1,
            evidence: evidence, summary: test.message)
    }

    private static func problemResult(_ problem: String, _ run: RunnerRun) -> CheckResult {
        CheckResult(
            id: run.check ?? "report", suite: run.suite, priority: run.priority, status: .error, attempts: 1,
            summary: problem)
    }
}

/// The same of JUnit's XML.
package enum JUnitAudit {
    package static func judge(_ bytes: [UInt8], of run: RunnerRun) -> ExternalAudit.Outcome {
        do throws(MalformedXML) {
            return ExternalAudit.judge(try JUnitReport(parsing: bytes).report, of: run)
        } catch {
            return ExternalAudit.unreadable("\(error.reason), at byte \(error.offset)", run)
        }
    }
}
