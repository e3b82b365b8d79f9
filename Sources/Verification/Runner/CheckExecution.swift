import JSON

/// One check with everything it needs, ready to run on its own.
struct CheckExecution: Sendable {
    private static let retryPause = Duration.milliseconds(500)
    private static let longestPollPause = Duration.seconds(30)

    var check: Check
    let runner: SuiteRunner
    let values: [String: String]
    let secrets: [String: String]
    /// Nil when the target's URL has no value in this run.
    let baseURL: String?
    let authentication: Authentication?
    let target: SuiteRunTarget

    func run() async -> CheckAttempts {
        let start = runner.clock.now()
        var attempts = CheckAttempts()
        guard let baseURL else {
            attempts.add(Measurement(.error, summary: "the URL of target `\(check.target)` has no value in this run"))
            return attempts
        }
        // Another service that is asked on the way (who hands out tokens, say) has revisions of its own.
        let isTested = target.measured.includes(baseURL)
        var scope = CheckScope(
            values: values, baseURL: baseURL, identity: isTested ? target.identity : nil,
            expectedRevision: isTested ? target.expectedRevision : nil)
        if let limit = target.requestTimeoutMilliseconds { scope.requestTimeoutMilliseconds = limit }
        // A check of many users asks as each of them.
        if !check.kind.isOfManyUsers, let problem = await authenticate(&scope, &attempts) {
            attempts.add(problem)
            return attempts
        }
        if let poll = check.poll {
            await repeatUntilPassed(poll, scope, start, &attempts)
        } else {
            await retry(check.retry ?? RetryPolicy(times: 0), scope, &attempts)
        }
        // What the probes measured is a lower bound of what the clock shows.
        attempts.milliseconds = max(attempts.milliseconds, (runner.clock.now() - start).milliseconds)
        attempts.start = start
        return attempts
    }

    private func measure(_ scope: CheckScope) async -> Measurement {
        var scope = scope
        // One trace per attempt, so that the service's log lines belong to exactly one.
        scope.trace = .random()
        let start = runner.clock.now()
        let asked = scope
        let (id, tell) = (check.id, runner.probes.progress)
        var measurement = await check.kind.measure(
            with: runner, in: scope, captures: check.captures, progress: { tell(id, $0) }
        ) { values in
            await self.scope(asked, asUser: values)
        }
        if measurement.milliseconds == 0 { measurement.milliseconds = (runner.clock.now() - start).milliseconds }
        return measurement
    }

    private func retry(_ policy: RetryPolicy, _ scope: CheckScope, _ attempts: inout CheckAttempts) async {
        var left = policy.times
        while true {
            let measurement = await measure(scope)
            attempts.add(measurement)
            guard measurement.outcome != .passed, left > 0, !policy.conditions.isDisjoint(with: measurement.conditions)
            else { break }
            left -= 1
            guard (try? await runner.clock.sleep(for: Self.retryPause)) != nil else { break }
        }
        attempts.isFlaky = attempts.last.outcome == .passed && attempts.records.count > 1
    }

    private func repeatUntilPassed(
        _ policy: PollPolicy, _ scope: CheckScope, _ start: Duration, _ attempts: inout CheckAttempts
    ) async {
        var pause = Duration.milliseconds(max(1, policy.everyMilliseconds))
        while true {
            let measurement = await measure(scope)
            attempts.add(measurement)
            let elapsed = runner.clock.now() - start
            guard measurement.outcome != .passed, elapsed + pause < .milliseconds(policy.forMilliseconds) else { break }
            guard (try? await runner.clock.sleep(for: pause)) != nil else { break }
            pause = min(pause * max(1, policy.backoff), Self.longestPollPause)
        }
        if attempts.last.outcome != .passed, let summary = attempts.last.summary {
            attempts.last.summary = "still not after \(policy.forMilliseconds) ms: \(summary)"
        }
    }

    /// The same questions, asked by somebody else; `values` are what the references to the user mean.
    private func scope(_ scope: CheckScope, asUser values: [String: String]) async -> UserScope {
        var scope = scope
        scope.values.merge(values) { $1 }
        scope.trace = .random()
        var attempts = CheckAttempts()
        let problem = await authenticate(&scope, &attempts)
        return UserScope(scope: scope, problem: problem, tokens: attempts.mintedTokens)
    }

    /// Adds who asks. Nil when that worked.
    private func authenticate(_ scope: inout CheckScope, _ attempts: inout CheckAttempts) async -> Measurement? {
        if let token = target.identityToken, authentication != .anonymous {
            scope.authentication.set("X-Serverless-Authorization", "Bearer \(token)")
        }
        switch authentication {
        case nil, .identityToken, .anonymous: return nil
        case .bearer(let template):
            do throws(Template.Unresolved) {
                scope.authentication.set("Authorization", "Bearer \(try template.render(scope.values))")
                return nil
            } catch {
                return .unresolved(error)
            }
        case .jwt(let settings):
            guard let secret = secrets[settings.secret] else {
                return .unresolved(Template.Unresolved(name: "secrets.\(settings.secret)"))
            }
            do {
                var rendered: [String: JSONValue] = [:]
                for (claim, value) in settings.claims { rendered[claim] = try JSONTemplate(value).render(scope.values) }
                let token = try await runner.tokens.mint(
                    TokenRequest(
                        secret: secret, algorithm: settings.algorithm, keyID: settings.keyID, claims: rendered,
                        lifetimeSeconds: settings.lifetimeSeconds))
                attempts.mintedTokens.append(token)
                scope.authentication.set(settings.header, "Bearer \(token)")
                return nil
            } catch let error as Template.Unresolved {
                return .unresolved(error)
            } catch {
                return Measurement(.error, summary: "the token for `auth` could not be made")
            }
        }
    }
}

/// What came of running one check.
struct CheckAttempts: Sendable {
    /// Polls may take thousands of attempts; the first and the last ones tell the story.
    private static let longestRecord = 100

    private(set) var records: [Evidence.Attempt] = []
    var last = Measurement(.error, summary: "not measured")
    var milliseconds: Double = 0
    /// By the runner's clock; nil when nothing was measured.
    var start: Duration?
    var isFlaky = false
    var mintedTokens: [String] = []

    mutating func add(_ measurement: Measurement) {
        last = measurement
        mintedTokens += measurement.secrets
        milliseconds += measurement.milliseconds
        if records.count == Self.longestRecord { records.remove(at: Self.longestRecord / 2) }
        records.append(
            Evidence.Attempt(
                status: measurement.evidence.status, milliseconds: measurement.milliseconds,
                problem: measurement.outcome == .passed ? nil : measurement.summary))
    }
}
