import Configuration
import Releases
import Reporting
import Verification

/// Verification as a release sees it.
struct ReleaseVerifier: Verifier {
    let http: any HTTPProbe
    let runner: SuiteRunner
    /// Suites by name, loaded and checked before the release began.
    let suites: [String: Suite]
    let console: Console
    /// Says who answered, for services that do not.
    var logs: (any RevisionLogs)?
    /// How real requests to a canary fare; nil where nobody counts them.
    var counts: (any RequestCounts)?
    /// Where jobs run, and in which project; nil where a URL is all that is known of the target.
    var jobs: (platform: any JobPlatform, project: String)?
    var gates = Gates()
    /// The tests that there should be, of all services.
    var index: SuiteIndex?
    /// Where runs are remembered; nil remembers none.
    var records: (any VerdictRecords)?
    /// Keeps what was measured for the run's report; nil where there is none to be made.
    var recorder: EvidenceRecorder?
    /// Checks that are asked before the others, and alone while one of them fails: `SUITE/ID`.
    var first: [String] = []

    func health(
        of target: VerificationTarget, progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> HealthResult {
        let counts = RunningCounts(.samples, of: target.service.health.samples)
        let result = await HealthWindow(probe: http, witness: witness(for: target)).run(Self.question(target)) {
            sample in
            let line =
                "\(sample.status.map(String.init) ?? "no answer") in \(Seconds.milliseconds(sample.milliseconds))"
                + (sample.problem.map { ": " + $0 } ?? "")
            // Only healthy samples in a row count, so one that is not begins anew.
            progress(GateProgress(line, counts: counts.add(isBad: sample.problem != nil, startsAnew: true)))
        }
        try Task.checkCancellation()
        return HealthResult(
            healthy: result.healthy,
            samples: result.samples.map {
                HealthSample(
                    status: $0.status, milliseconds: $0.milliseconds, revision: $0.revision,
                    witness: $0.witness.flatMap { HealthSample.Witness(rawValue: $0.rawValue) }, problem: $0.problem)
            }, identity: result.identity)
    }

    func smoke(
        of target: VerificationTarget, priorities: [String], progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> SmokeResult {
        let wanted = Set(priorities.compactMap(Priority.init(rawValue:)))
        let all = target.service.suites.compactMap { suites[$0] }
        let chosen = SuiteSelection(priorities: wanted).apply(to: all)
        var options = await options(of: chosen.suites, against: target)
        options.overrides = target.acceptedChecks
        options.first = first.isEmpty ? nil : FirstChecks(first)
        let counts = RunningCounts(.checks, of: chosen.suites.reduce(0) { $0 + $1.checks.count })
        let run = await runner(for: target).run(chosen.suites, against: runTarget(target), options: options) { result in
            let line = "\(result.status.rawValue)  \(result.id)  \(Seconds.milliseconds(result.milliseconds))"
            progress(GateProgress(line, counts: counts.add(isBad: !result.status.isGood)))
        }
        console.hide(run.redactor)
        try Task.checkCancellation()
        console.annotate(run.results, of: chosen.suites)
        await remember(run, of: target, options: options)
        recorder?.add(part(run, suites: chosen.suites, target: target))
        return Self.result(run)
    }

    /// Earlier runs that cannot be read are no history: this one does not depend on them to be honest, only to notice
    /// more.
    func options(
        of suites: [Suite], against target: VerificationTarget, keepGoing: Bool = false, isNarrowed: Bool = false
    ) async -> SuiteRunOptions {
        let history = try? await records?.history(
            of: target.references["deploy.image_digest"], about: Set(suites.flatMap(\.quarantined)))
        return SuiteRunOptions(
            keepGoing: keepGoing, today: Today.utc, isNarrowed: isNarrowed, gates: gates,
            index: index?.limited(to: Set(suites.map(\.name))),
            history: history ?? VerificationHistory(), startedAt: Today.secondsSince1970)
    }

    /// What cannot be remembered is said, and changes no verdict.
    func remember(_ run: SuiteRun, of target: VerificationTarget, options: SuiteRunOptions) async {
        guard let records, let startedAt = options.startedAt, !run.results.isEmpty else { return }
        let recorded = RecordedRun(
            run, startedAt: startedAt, isNarrowed: options.isNarrowed,
            digest: target.references["deploy.image_digest"])
        do {
            // Two machines may test one service at the same moment.
            let mark = String(UInt32.random(in: 0 ... .max), radix: 16)
            try await records.add(KeptVerdict(recorded, service: target.service.name, mark: mark))
        } catch {
            console.problem(FailureText.text(FailureLifting.lift(error), palette: Palette(isEnabled: false)))
        }
    }

    static func question(_ target: VerificationTarget) -> HealthQuestion {
        HealthQuestion(
            url: target.url, settings: target.service.health, identity: target.service.identity,
            expectedRevision: target.revision, identityToken: target.identityToken)
    }

    func runTarget(_ target: VerificationTarget) -> SuiteRunTarget {
        var runTarget = SuiteRunTarget(
            url: target.url, identity: target.service.identity, expectedRevision: target.revision,
            identityToken: target.identityToken, references: target.references, witness: witness(for: target))
        runTarget.requestTimeoutMilliseconds = target.service.container.timeoutSeconds.map { Double($0) * 1000 }
        return runTarget
    }

    func runner(for target: VerificationTarget) -> SuiteRunner {
        guard let jobs, let region = target.references["deploy.region"] else { return runner }
        var runner = runner
        runner.probes.jobs = PlatformJobProbe(jobs: jobs.platform, project: jobs.project, region: region)
        return runner
    }

    private func witness(for target: VerificationTarget) -> TraceWitness? {
        guard let logs, let identity = target.identity else { return nil }
        return TraceWitness(log: PlatformRequestLog(logs: logs, service: identity))
    }

    static func result(_ run: SuiteRun) -> SmokeResult {
        let document = VerdictDocument(run, suites: [])
        let result: VerdictSummary.Result =
            switch document.result {
            case .pass: .pass
            case .fail: .fail
            case .incomplete: .incomplete
            case .inconclusive: .inconclusive
            }
        return SmokeResult(
            verdict: VerdictSummary(result: result, rule: document.rule, counts: document.counts.dictionary),
            problems: document.checks.filter { !$0.status.isGood }.map {
                CheckProblem(
                    check: $0.id, status: $0.status.rawValue, summary: $0.summary ?? "", cause: $0.cause, fix: $0.fix,
                    trace: $0.evidence.traceID)
            }, identity: run.identity,
            checks: document.checks.map {
                CheckOutcome(
                    suite: $0.suite, id: $0.id, status: $0.status.rawValue,
                    // A tenth of a millisecond: the rest is noise, and would be most of a journal.
                    milliseconds: ($0.milliseconds * 10).rounded() / 10, attempts: $0.evidence.attempts.count)
            })
    }
}

extension Session {
    /// Everything that measures; throws `configuration` when a suite has findings.
    ///
    /// - Parameter platform: where services that do not say who they are were seen, and where jobs run.
    func verifier(on platform: (any RevisionLogs & JobPlatform)? = nil) throws -> ReleaseVerifier {
        let configuration = try configuration()
        let http = CurlHTTPProbe(client: http)
        let suites = try SuiteAccess.load(for: configuration.environment.services, configuration: configuration)
        let variables = ConfigurationLoader.processVariables()
        console.hide(
            suites.values.flatMap(\.secrets.values).compactMap { variables[$0.environmentVariable] ?? $0.fallback })
        return ReleaseVerifier(
            http: http, runner: suiteRunner(http), suites: suites,
            console: console, logs: platform, jobs: platform.map { ($0, configuration.environment.project) },
            gates: configuration.environment.gates, index: try suiteIndex(),
            records: try verdictRecords())
    }

    func suiteRunner(_ http: CurlHTTPProbe) -> SuiteRunner {
        SuiteRunner(
            http: http, webSocket: NIOWebSocketProbe(), tokens: JWTMinter(),
            secrets: EnvironmentSecretSource(ConfigurationLoader.processVariables()),
            probes: CheckProbes(
                tls: NIOTLSProbe(), names: SystemNameLookup(), commands: ChildCommandProbe(),
                containers: EngineContainerProbe(variables: ConfigurationLoader.processVariables()),
                runners: ChildRunnerProbe(), progress: { [lines = RunnerProgressLines(console)] in lines.tell($0, $1) })
        )
    }
}
