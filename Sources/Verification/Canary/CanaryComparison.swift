package import Configuration

/// Asks candidate and baseline the same at the same moment, again and again, until a judge has enough.
package struct CanaryComparison: Sendable {
    /// One side of every pair.
    package struct Side: Hashable, Sendable {
        package var url: String
        /// An answer of another revision is a bad one; nil accepts any.
        package var revision: String?
        /// Sent as `X-Serverless-Authorization: Bearer …` to a service that is not public. Never shown.
        package var identityToken: String?

        package init(url: String, revision: String?, identityToken: String? = nil) {
            self.url = url
            self.revision = revision
            self.identityToken = identityToken
        }
    }

    /// How long and how often.
    package struct Pace: Hashable, Sendable {
        /// At most.
        package var pairs: Int
        package var pairsPerSecond: Int
        /// At least.
        package var pause: Duration
        /// At most, however slow the answers are.
        package var patience: Duration

        package init(pairs: Int, pairsPerSecond: Int, pause: Duration, patience: Duration) {
            self.pairs = pairs
            self.pairsPerSecond = pairsPerSecond
            self.pause = pause
            self.patience = patience
        }

        /// Between the beginnings of two pairs: a longer pause is looked at through all of it.
        var interval: Duration {
            max(.seconds(1) / max(1, pairsPerSecond), pause / max(1, pairs))
        }
    }

    /// Goes with every request, its value the run: own traffic can be left out of metrics.
    package static let marker = "X-Stagectl-Probe"

    private let probe: any HTTPProbe
    private let clock: any VerificationClock
    /// True for the candidate first. A fair one, so that whatever the first of two meets, both meet as often.
    private let coin: @Sendable () -> Bool
    private let paths: [String]
    private let identity: RevisionIdentity?
    private let healthPath: String
    private let timeoutMilliseconds: Int
    private let run: String
    /// Nil where real requests are not judged.
    private let traffic: (any RealTraffic)?
    /// Counts come once a minute.
    private static let betweenReadings = Duration.seconds(60)

    package init(
        _ service: Service, settings: AnalysisSettings, run: String, probe: any HTTPProbe,
        clock: any VerificationClock = ContinuousVerificationClock(),
        coin: @escaping @Sendable () -> Bool = { Bool.random() }, traffic: (any RealTraffic)? = nil
    ) {
        self.traffic = traffic
        self.probe = probe
        self.clock = clock
        self.coin = coin
        self.run = run
        healthPath = service.health.path
        paths = settings.paths ?? [service.health.path]
        identity = service.identity
        timeoutMilliseconds = settings.timeoutMilliseconds
    }

    /// After so many pairs `observe` is called. Pairs that a kill loses are fewer, and nobody has been told of them: what
    /// they were cannot have been why it came.
    package static let pairsBetweenLooks = 10

    /// - Parameter observe: gets the judge every few pairs.
    /// - Returns: the judge with all pairs; it has not concluded.
    /// - Throws: what `observe` throws.
    package func run(
        _ judge: CanaryJudge, candidate: Side, baseline: Side?, pace: Pace,
        observe: @escaping @Sendable (CanaryJudge) async throws -> Void = { _ in }
    ) async throws -> CanaryJudge {
        var judge = judge
        let start = clock.now()
        var taken = 0
        var read = start
        // Once for a release: afterwards both sides are warm.
        var warmUp = judge.evidence.pairs == 0 ? judge.rules.warmUpPairs : 0
        while !Task.isCancelled {
            let began = clock.now()
            let isOver = began - start >= pace.pause
            let mayAsk = judge.decision == .open && taken < pace.pairs && judge.mayTakeMore
            // What is decided is watched on until the pause is over: it may still turn out to be worse.
            if judge.decision == .fail || (isOver && !mayAsk) || began - start >= pace.patience { break }
            if mayAsk || judge.decision == .pass {
                let path = paths[(taken + warmUp) % max(1, paths.count)]
                let pair = await pair(path, candidate, baseline)
                if let traffic { judge.sent(at: traffic.now()) }
                if warmUp > 0 {
                    warmUp -= 1
                } else {
                    judge.add(pair)
                    taken += 1
                    if taken.isMultiple(of: Self.pairsBetweenLooks) { try await observe(judge) }
                }
            }
            if clock.now() - read >= Self.betweenReadings {
                read = clock.now()
                try await look(at: &judge, observe)
            }
            guard judge.decision != .fail else { break }
            let left = pace.interval - (clock.now() - began)
            if left > .zero, (try? await clock.sleep(for: left)) == nil { break }
        }
        if judge.decision != .fail { try await look(at: &judge, observe) }
        return judge
    }

    private func look(
        at judge: inout CanaryJudge, _ observe: @Sendable (CanaryJudge) async throws -> Void
    ) async throws {
        guard let traffic, let next = judge.evidence.traffic?.next else { return }
        let reading = await traffic.read(from: next)
        guard reading.next > next else { return }
        judge.add(reading)
        try await observe(judge)
    }

    private func pair(_ path: String, _ candidate: Side, _ baseline: Side?) async -> CanaryPair {
        guard let baseline else {
            return CanaryPair(candidate: await ask(path, candidate), baseline: nil)
        }
        let isCandidateFirst = coin()
        let (one, other) = isCandidateFirst ? (candidate, baseline) : (baseline, candidate)
        async let first = ask(path, one)
        async let second = ask(path, other)
        let (answer, otherAnswer) = await (first, second)
        return isCandidateFirst
            ? CanaryPair(candidate: answer, baseline: otherAnswer)
            : CanaryPair(candidate: otherAnswer, baseline: answer)
    }

    private func ask(_ path: String, _ side: Side) async -> CanaryPair.Side {
        var headers = [HeaderField(Self.marker, run)]
        if let token = side.identityToken {
            headers.append(HeaderField("X-Serverless-Authorization", "Bearer \(token)"))
        }
        let base = side.url.hasSuffix("/") ? String(side.url.dropLast()) : side.url
        let outcome = await probe.send(
            HTTPProbeRequest(
                url: base + path, headers: headers, timeoutMilliseconds: timeoutMilliseconds,
                connectTimeoutMilliseconds: timeoutMilliseconds))
        return judge(outcome, path: path, revision: side.revision)
    }

    /// Pure: what one outcome counts as. Redirects are answers; what a client did wrong it does on both sides.
    package func judge(_ outcome: HTTPProbeOutcome, path: String, revision: String?) -> CanaryPair.Side {
        switch outcome {
        case .failure(let failure):
            return CanaryPair.Side(isBad: true, hasAnswered: false, milliseconds: failure.milliseconds)
        case .response(let response):
            var isBad = !(200..<400).contains(response.status)
            if let revision, let answering = answering(response, path), answering != revision { isBad = true }
            return CanaryPair.Side(isBad: isBad, milliseconds: response.phases.total)
        }
    }

    /// Who says to have answered; nil where the answer does not say. A JSON path is one into the health response.
    private func answering(_ response: HTTPProbeResponse, _ path: String) -> String? {
        if case .json = identity, path != healthPath { return nil }
        return RevisionWitness.revision(identity, headers: response.headers, body: response.body)
    }
}
