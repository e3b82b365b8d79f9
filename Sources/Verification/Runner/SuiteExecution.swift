import Configuration

/// The state of one suite while it runs: what ended how, what was captured, which secrets are known.
struct SuiteExecution {
    let suite: Suite
    private let runner: SuiteRunner
    private let target: SuiteRunTarget
    private let options: SuiteRunOptions
    /// References that are the same for all checks.
    private let values: [String: String]
    /// The moment of the runner's clock at which `options.startedAt` was.
    private let origin: Duration
    private let secretValues: [String: String]
    var redactor: Redactor
    private(set) var notes: [String] = []
    private(set) var findings: [Finding] = []
    private(set) var runners: [RunnerRecord] = []
    /// So many failures say that the release is broken: trying again only hides which checks saw it.
    private static let failuresThatEndRetries = 10
    private var failures = 0
    private var captures: [String: String] = [:]
    private var policyUses: [Policy: Int] = [:]
    /// In suites of the same run before: a waiver of the environment may be in several.
    private let usesBefore: [Policy: Int]

    init(
        _ suite: Suite, runner: SuiteRunner, target: SuiteRunTarget, options: SuiteRunOptions, origin: Duration,
        usesBefore: [Policy: Int] = [:]
    ) async {
        self.usesBefore = usesBefore
        self.origin = origin
        self.suite = suite
        self.runner = runner
        self.target = target
        self.options = options
        var values = target.references
        values["deploy.revision_url"] = values["deploy.revision_url"] ?? target.url
        values["deploy.service_url"] = values["deploy.service_url"] ?? target.url
        if let revision = target.expectedRevision { values["deploy.revision"] = values["deploy.revision"] ?? revision }
        var secrets: [String: String] = [:]
        for (name, reference) in suite.secrets {
            guard let value = await runner.secrets.value(of: reference) else { continue }
            secrets[name] = value
            values["secrets.\(name)"] = value
        }
        for variable in suite.variables {
            // A variable without a value has no name either, so that the check that uses it says which it is.
            if let value = try? variable.value.render(values) { values["vars.\(variable.name)"] = value }
        }
        self.values = values
        secretValues = secrets
        redactor = Redactor(secrets.values)
    }

    mutating func run(observe: @Sendable (CheckResult) -> Void) async -> [CheckResult] {
        for policy in suite.policies {
            guard let refusal = policy.refusal(on: options.today, priority: suite.priority) else { continue }
            let words = "the \(policy.kind.noun) for `\(policy.match)` (\(policy.issue)) does not apply: \(refusal)"
            notes.append("\(suite.name): \(words)")
            if let place = policy.place {
                let path = policy.origin == .environment ? "waivers" : "policies"
                findings.append(Finding(at: place, path: path, message: words, hint: "take it out, or renew it"))
            }
        }
        var results = [[CheckResult]](repeating: [], count: suite.checks.count)
        var queue = CheckQueue(suite.checks)
        // A copy for the closure: the state is written back when all children have ended.
        var state = self
        await withTaskGroup(of: (Int, CheckAttempts).self) { group in
            var running = 0
            func finish(_ index: Int, _ result: CheckResult, tests: [CheckResult]? = nil) {
                // An external runner whose tests tell all that there is has no result besides them.
                let own = tests.map { $0 + (result.status == .error ? [result] : []) } ?? [result]
                let redacted = own.map { state.redactor.redact($0) }
                results[index] = redacted
                redacted.forEach(observe)
                var ended = [(index, result)]
                while let (index, result) = ended.popLast() {
                    if result.status == .failed || result.status == .error { state.failures += 1 }
                    for (check, need) in queue.end(index, result.status).reversed() {
                        let lost = state.lost(check, because: suite.checks[need], result.status)
                        let redacted = state.redactor.redact(lost)
                        results[check] = [redacted]
                        observe(redacted)
                        ended.append((check, lost))
                    }
                }
            }
            while true {
                if Task.isCancelled {
                    for index in queue.giveUp() {
                        finish(index, suite.result(of: suite.checks[index], .notRun, "the run was cancelled"))
                    }
                }
                while running < options.width, let index = queue.next() {
                    let check = suite.checks[index]
                    if let reason = check.skip {
                        finish(index, suite.result(of: check, .skipped, reason))
                        continue
                    }
                    running += 1
                    let execution = state.execution(
                        of: state.failures > Self.failuresThatEndRetries ? check.withoutRetry : check)
                    group.addTask { (index, await execution.run()) }
                }
                guard let (index, attempts) = await group.next() else { break }
                running -= 1
                let tests = state.tests(of: suite.checks[index], attempts)
                finish(index, state.conclude(suite.checks[index], attempts), tests: tests)
            }
            // Needs that lead in a circle are findings when a file is read; a suite made in memory is not.
            for index in queue.giveUp() {
                finish(index, suite.result(of: suite.checks[index], .blocked, "its needs never end"))
            }
        }
        self = state
        return results.flatMap(\.self)
    }

    /// The suite's controls, its own and the one that every suite has.
    mutating func runControls() async -> [ControlResult] {
        let control = HarnessControl()
        let harness = SuiteRunner(
            http: control, webSocket: control, tokens: runner.tokens, secrets: runner.secrets, clock: runner.clock,
            probes: CheckProbes(
                tls: control, names: control, commands: control, containers: control, jobs: control,
                runners: control))
        let target = SuiteRunTarget(
            url: "http://control.invalid", identity: target.identity, expectedRevision: target.expectedRevision)
        let automatic = await HarnessControl.result(of: suite) { check in
            // Nobody is asked, so nobody needs to know who asks.
            var execution = CheckExecution(
                check: check, runner: harness, values: self.values, secrets: [:], baseURL: target.url,
                authentication: nil, target: target)
            execution.check.auth = nil
            return await execution.run().last.outcome
        }
        var results = automatic.map { [$0] } ?? []
        for check in suite.controls {
            let attempts = await execution(of: check.asControl).run()
            for token in attempts.mintedTokens { redactor.add(token) }
            var result = ControlResult(suite: suite.name, id: check.id, measured: attempts.last)
            result.summary = redactor.redact(result.summary)
            results.append(result)
        }
        return results
    }

    /// What became of the suite's policies.
    var policies: [PolicyUse] {
        suite.policies.map {
            PolicyUse($0, suite: suite, uses: policyUses[$0, default: 0], today: options.today)
        }
    }

    /// How often each policy was used so far in this run.
    var usesSoFar: [Policy: Int] { usesBefore.merging(policyUses, uniquingKeysWith: +) }

    /// Runs all cleanup requests, whatever happened before.
    mutating func cleanUp() async -> [CheckResult] {
        var results: [CheckResult] = []
        for check in suite.cleanup {
            let attempts = await execution(of: check).run()
            results.append(redactor.redact(result(of: check, attempts)))
        }
        return results
    }
}

extension SuiteExecution {
    /// What becomes of a check that needs another one, which did not pass.
    private func lost(_ index: Int, because needed: Check, _ status: CheckStatus) -> CheckResult {
        let check = suite.checks[index]
        guard status != .notRun else {
            return suite.result(of: check, .notRun, "`\(needed.id)`, which it needs, was not run")
        }
        return suite.result(of: check, .blocked, "`\(needed.id)`, which it needs, is \(status.rawValue)")
    }

    private func execution(of check: Check) -> CheckExecution {
        var values = values
        for (name, value) in check.row { values["each.\(name)"] = value }
        for (name, value) in captures { values["captures.\(name)"] = value }
        let settings = suite.targets[check.target]
        let url = settings.map { try? $0.url.render(values) } ?? target.url
        values["target.url"] = url
        var check = check
        if case .runner(var external) = check.kind {
            external.acceptedSkips = options.history.acceptedSkips["\(suite.name)/\(check.id)"]
            check.kind = .runner(external)
        }
        return CheckExecution(
            check: check, runner: runner, values: values, secrets: secretValues, baseURL: url,
            authentication: check.auth ?? settings?.auth, target: target)
    }

    private mutating func conclude(_ check: Check, _ attempts: CheckAttempts) -> CheckResult {
        for (name, captured) in attempts.last.captures {
            captures[name] = captured.value
            if captured.isSecret { redactor.add(captured.value) }
        }
        for token in attempts.mintedTokens { redactor.add(token) }
        return applyPolicies(to: result(of: check, attempts), check)
    }

    /// The tests of an external runner as results; nil for every other check.
    private mutating func tests(of check: Check, _ attempts: CheckAttempts) -> [CheckResult]? {
        guard var external = attempts.last.external else { return nil }
        external.record.suite = suite.name
        external.record.check = check.id
        runners.append(external.record)
        return external.results.map { test in
            var result = test
            result.id = check.id + test.id
            result.suite = suite.name
            result.priority = suite.priority
            return applyPolicies(to: result, check)
        }
    }

    private func result(of check: Check, _ attempts: CheckAttempts) -> CheckResult {
        var evidence = attempts.last.evidence
        evidence.attempts = attempts.records
        if let startedAt = options.startedAt, let start = attempts.start {
            evidence.startedAt = startedAt + (start - origin).milliseconds / 1000
        }
        let status: CheckStatus =
            switch attempts.last.outcome {
            case .passed: attempts.isFlaky ? .flaky : .passed
            case .failed: .failed
            case .error: .error
            }
        return CheckResult(
            id: check.id, suite: suite.name, priority: suite.priority, status: status,
            milliseconds: attempts.milliseconds, attempts: attempts.records.count, evidence: evidence,
            summary: attempts.last.summary, cause: attempts.last.likely?.cause, fix: attempts.last.likely?.fix)
    }

    private mutating func applyPolicies(to result: CheckResult, _ check: Check) -> CheckResult {
        var result = result
        if result.status == .failed,
            let reason = options.overrides[result.id] ?? options.overrides[check.id] ?? options.overrides[check.baseID]
        {
            result.status = .waived
            result.policy = "overridden for this run: \(reason)"
            return result
        }
        let today = options.today
        let priority = suite.priority
        for policy in suite.policies
        where policy.matches(check.id) || policy.matches(check.baseID) || policy.matches(result.id) {
            guard policy.refusal(on: today, priority: priority) == nil else { continue }
            if policy.kind == .quarantine, options.history.isBroken(SuiteIndex.Entry(suite: suite.name, id: result.id))
            {
                notes.append(
                    "\(suite.name): `\(result.id)` never passed in \(VerificationHistory.runsThatProveBroken) runs or more, "
                        + "so it is broken and its quarantine (\(policy.issue)) does not count")
                continue
            }
            guard let status = policy.kind.status(instead: result.status) else { continue }
            let uses = usesBefore[policy, default: 0] + policyUses[policy, default: 0]
            if let maximum = policy.maximumUses, uses >= maximum {
                notes.append(
                    "\(suite.name): the \(policy.kind.noun) for `\(policy.match)` (\(policy.issue)) was used "
                        + "\(maximum) times")
                continue
            }
            policyUses[policy, default: 0] += 1
            result.status = status
            result.policy =
                "\(policy.issue), \(policy.owner), until \(policy.expires) "
                + "(\(PolicyUse.daysLeft(policy.daysLeft(on: today)))): \(policy.reason)"
            break
        }
        return result
    }
}

extension Policy.Kind {
    /// The status that a policy makes of another; nil where it has no say. An `error` stays one: nobody knows what
    /// the check would have seen.
    package func status(instead status: CheckStatus) -> CheckStatus? {
        switch (self, status) {
        case (.expectFail, .failed): .xfail
        case (.expectFail, .passed), (.expectFail, .flaky): .xpass
        case (.waive, .failed): .waived
        case (.quarantine, .failed): .quarantined
        default: nil
        }
    }
}
