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

    /// `observe` gets each result as soon as it is there; those of checks that are asked first only where nothing else is
    /// asked after them, since everything is asked again otherwise, and then nothing of the others that were not wanted.
    package func run(
        _ suites: [Suite], against target: SuiteRunTarget, options: SuiteRunOptions,
        observe: @escaping @Sendable (CheckResult) -> Void = { _ in }
    ) async -> SuiteRun {
        if let first = options.first {
            var named = SuiteSequence(self, target, options)
            await named.run(first.chosen(of: Self.ordered(suites)), keepGoing: true) { _ in }
            if named.failedPriority != nil || first.isAll || Task.isCancelled {
                named.results.forEach(observe)
                named.leaveOut(Self.ordered(suites), because: first.reason, observe: first.isAll ? { _ in } : observe)
                return await conclude(named, suites, against: target, options: options)
            }
        }
        var sequence = SuiteSequence(self, target, options)
        await sequence.run(Self.ordered(suites), keepGoing: options.keepGoing, observe: observe)
        return await conclude(sequence, suites, against: target, options: options)
    }

    private func conclude(
        _ sequence: SuiteSequence, _ suites: [Suite], against target: SuiteRunTarget, options: SuiteRunOptions
    ) async -> SuiteRun {
        var results = sequence.results
        var notes = sequence.notes
        let redactor = sequence.redactor
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
                RunWindow(start: $0, end: $0 + (clock.now() - sequence.origin).milliseconds / 1000)
            }, controls: sequence.controls, index: options.isNarrowed ? nil : options.index,
            acceptedSkips: options.history.acceptedSkips)
        var run = SuiteRun(
            verdict: Verdict.decide(record), results: record.effectiveResults,
            cleanup: sequence.cleanup.map { redactor.redact($0) }, notes: notes.map { redactor.redact($0) },
            findings: sequence.findings, controls: sequence.controls,
            coverage: record.index.map { IndexCoverage(index: $0, results: record.results) },
            identity: identity.map { redactor.redact($0) }, policies: sequence.policies, redactor: redactor)
        run.runners = sequence.runners
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
