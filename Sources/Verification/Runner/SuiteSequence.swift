import Configuration

/// Suites that run one after the other, and what came of them so far.
struct SuiteSequence {
    private let runner: SuiteRunner
    private let target: SuiteRunTarget
    private let options: SuiteRunOptions
    /// When it began, on the runner's clock.
    let origin: Duration
    private(set) var results: [CheckResult] = []
    private(set) var cleanup: [CheckResult] = []
    private(set) var notes: [String] = []
    private(set) var findings: [Finding] = []
    private(set) var controls: [ControlResult] = []
    private(set) var policies: [PolicyUse] = []
    private(set) var runners: [RunnerRecord] = []
    private(set) var redactor: Redactor
    /// The highest priority of which something failed.
    private(set) var failedPriority: Priority?
    private var uses: [Policy: Int] = [:]

    init(_ runner: SuiteRunner, _ target: SuiteRunTarget, _ options: SuiteRunOptions) {
        self.runner = runner
        self.target = target
        self.options = options
        origin = runner.clock.now()
        redactor = Redactor(target.identityToken.map { [$0] } ?? [])
    }

    /// - Parameter suites: in the order of their priorities.
    mutating func run(
        _ suites: [Suite], keepGoing: Bool, observe: @escaping @Sendable (CheckResult) -> Void
    ) async {
        results.reserveCapacity(suites.reduce(0) { $0 + $1.checks.count })
        for suite in suites {
            if Task.isCancelled || (failedPriority.map { $0 < suite.priority } ?? false) && !keepGoing {
                leaveOut(
                    suite,
                    because: Task.isCancelled
                        ? "the run was cancelled" : "a check of \(failedPriority?.rawValue ?? "") failed",
                    observe: observe)
            } else {
                await run(suite, observe: observe)
            }
        }
    }

    private mutating func run(_ suite: Suite, observe: @escaping @Sendable (CheckResult) -> Void) async {
        var execution = await SuiteExecution(
            suite, runner: runner, target: target, options: options, origin: origin, usesBefore: uses)
        execution.redactor.merge(redactor)
        let own = await execution.run(observe: observe)
        results += own
        // What failed shows already that failures are seen.
        if own.contains(where: { $0.status == .passed || $0.status == .flaky }) {
            controls += await execution.runControls()
        }
        cleanup += await execution.cleanUp()
        redactor.merge(execution.redactor)
        notes += execution.notes
        findings += execution.findings
        policies += execution.policies
        runners += execution.runners
        uses = execution.usesSoFar
        // xpass and flaky count too: what fails the verdict stops the lower priorities.
        if failedPriority == nil, Verdict.decide(own, expecting: []).result == .fail {
            failedPriority = suite.priority
        }
    }

    /// Checks that have no result yet.
    mutating func leaveOut(_ suites: [Suite], because reason: String, observe: (CheckResult) -> Void) {
        let known = Dictionary(grouping: results, by: \.suite).mapValues { $0.map(\.id) }
        for suite in suites {
            var rest = suite
            let ids = known[suite.name] ?? []
            // Tests of an external runner are called after the check that ran it.
            rest.checks.removeAll { check in ids.contains { $0 == check.id || $0.hasPrefix(Check.ofRunner(check.id)) } }
            if ids.isEmpty { leaveOut(rest, because: reason, observe: observe) } else { add(rest, reason, observe) }
        }
    }

    private mutating func leaveOut(_ suite: Suite, because reason: String, observe: (CheckResult) -> Void) {
        add(suite, reason, observe)
        policies += suite.policies.map { PolicyUse($0, suite: suite, uses: 0, today: options.today) }
    }

    private mutating func add(_ suite: Suite, _ reason: String, _ observe: (CheckResult) -> Void) {
        let skipped = suite.checks.map { suite.result(of: $0, .notRun, reason) }
        skipped.forEach(observe)
        results += skipped
    }
}
