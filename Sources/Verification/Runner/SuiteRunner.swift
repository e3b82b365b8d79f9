import Configuration

/// Runs suites in the order of their priorities and decides what the results mean.
package struct SuiteRunner: Sendable {
    let http: any HTTPProbe
    let webSocket: any WebSocketProbe
    let tokens: any TokenMinter
    let secrets: any SecretSource
    let clock: any VerificationClock
    package var probes: CheckProbes

    package init(
        http: any HTTPProbe, webSocket: any WebSocketProbe, tokens: any TokenMinter, secrets: any SecretSource,
        clock: any VerificationClock = ContinuousVerificationClock(), probes: CheckProbes = CheckProbes()
    ) {
        self.http = http
        self.webSocket = webSocket
        self.tokens = tokens
        self.secrets = secrets
        self.clock = clock
        self.probes = probes
    }

    /// `observe` gets each result as soon as it is there.
    package func run(
        _ suites: [Suite], against target: SuiteRunTarget, options: SuiteRunOptions,
        observe: @escaping @Sendable (CheckResult) -> Void = { _ in }
    ) async -> SuiteRun {
        var results: [CheckResult] = []
        results.reserveCapacity(suites.reduce(0) { $0 + $1.checks.count })
        var cleanup: [CheckResult] = []
        var notes: [String] = []
        var findings: [Finding] = []
        var controls: [ControlResult] = []
        var policies: [PolicyUse] = []
        var runners: [RunnerRecord] = []
        var uses: [Policy: Int] = [:]
        let origin = clock.now()
        var redactor = Redactor(target.identityToken.map { [$0] } ?? [])
        var failedPriority: Priority?
        for suite in Self.ordered(suites) {
            if Task.isCancelled || (failedPriority.map { $0 < suite.priority } ?? false) && !options.keepGoing {
                let reason =
                    Task.isCancelled ? "the run was cancelled" : "a check of \(failedPriority?.rawValue ?? "") failed"
                let skipped = suite.checks.map { suite.result(of: $0, .notRun, reason) }
                skipped.forEach(observe)
                results += skipped
                policies += suite.policies.map { PolicyUse($0, suite: suite, uses: 0, today: options.today) }
                continue
            }
            var execution = await SuiteExecution(
                suite, runner: self, target: target, options: options, origin: origin, usesBefore: uses)
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
        let identity = Task.isCancelled ? nil : await target.hearWitness(about: &results)
        if let words = options.history.flakiness(on: target.references["deploy.image_digest"], among: results) {
            notes.append(words)
        }
        notes += Self.programsAlone(results).map {
            "\($0): only programs passed; nothing but what they ended with shows that they asked the target"
        }
        if options.isNarrowed { notes.append(VerdictDocument.narrowedNote) }
        let record = RunRecord(
            results: redactor.isEmpty ? results : results.map { redactor.redact($0) },
            expectations: Self.expectations(of: suites, options),
            gates: options.gates, target: target.measured,
            window: options.startedAt.map {
                RunWindow(start: $0, end: $0 + (clock.now() - origin).milliseconds / 1000)
            }, controls: controls, index: options.isNarrowed ? nil : options.index,
            acceptedSkips: options.history.acceptedSkips)
        var run = SuiteRun(
            verdict: Verdict.decide(record), results: record.effectiveResults,
            cleanup: cleanup.map { redactor.redact($0) }, notes: notes.map { redactor.redact($0) }, findings: findings,
            controls: controls, coverage: record.index.map { IndexCoverage(index: $0, results: record.results) },
            identity: identity.map { redactor.redact($0) }, policies: policies, redactor: redactor)
        run.runners = runners
        return run
    }

    /// Suites whose passes are all of programs that the request log knows nothing of: an image that does nothing ends
    /// with 0 as well.
    private static func programsAlone(_ results: [CheckResult]) -> [String] {
        let passes = results.filter { $0.status == .passed || $0.status == .flaky }
        return Dictionary(grouping: passes, by: \.suite).filter { _, own in
            own.allSatisfy { $0.evidence.isOfProgramAlone }
        }.keys.sorted()
    }

    private static func ordered(_ suites: [Suite]) -> [Suite] {
        suites.enumerated().sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }.map(
            \.element)
    }

    static func expectations(of suites: [Suite], _ options: SuiteRunOptions) -> [SuiteExpectation] {
        suites.map { suite in
            let inventory = suite.inventory ?? Suite.Inventory()
            return SuiteExpectation(
                suite: suite.name, minimumChecks: options.isNarrowed ? 1 : inventory.minimumChecks,
                maximumSkipped: inventory.maximumSkipped)
        }
    }
}

extension Suite {
    func result(of check: Check, _ status: CheckStatus, _ summary: String) -> CheckResult {
        CheckResult(id: check.id, suite: name, priority: priority, status: status, summary: summary)
    }
}

extension Redactor {
    package func redact(_ result: CheckResult) -> CheckResult {
        guard !isEmpty else { return result }
        var result = result
        result.summary = redact(result.summary)
        result.cause = redact(result.cause)
        result.fix = redact(result.fix)
        result.policy = redact(result.policy)
        var evidence = result.evidence
        evidence.url = redact(evidence.url)
        evidence.revision = redact(evidence.revision)
        evidence.subprotocol = redact(evidence.subprotocol)
        evidence.image = redact(evidence.image)
        if let id = evidence.stream?.lastEventID { evidence.stream?.lastEventID = redact(id) }
        evidence.grpcMessage = redact(evidence.grpcMessage)
        evidence.job = evidence.job.map { redact($0) }
        for index in evidence.attempts.indices {
            evidence.attempts[index].problem = redact(evidence.attempts[index].problem)
        }
        result.evidence = evidence
        return result
    }
}
