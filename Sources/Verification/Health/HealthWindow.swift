package import Configuration

/// Looks at the health path again and again until enough samples in a row are healthy, or the window ends.
package struct HealthWindow: Sendable {
    private let probe: any HTTPProbe
    private let clock: any VerificationClock
    private let witness: TraceWitness?

    /// Waiting for the log takes no time from the service's window, up to this.
    private static let longestExtension = Duration.seconds(25)

    /// - Parameter witness: asked who answered, where the answers do not say; nil asks nobody.
    package init(
        probe: any HTTPProbe, clock: any VerificationClock = ContinuousVerificationClock(),
        witness: TraceWitness? = nil
    ) {
        self.probe = probe
        self.clock = clock
        self.witness = witness
    }

    /// `observe` gets each sample as it is taken, and one that the log refused afterwards a second time.
    package func run(
        _ question: HealthQuestion, observe: @escaping @Sendable (HealthWindowSample) -> Void = { _ in }
    ) async -> HealthWindowResult {
        let start = clock.now()
        var end = start + .seconds(question.settings.windowSeconds)
        let lastEnd = end + Self.longestExtension
        var decider = HealthDecider(needed: question.settings.samples)
        // Nobody is asked about answers when no particular revision is wanted, nor again after a silence.
        var witness = question.expectedRevision == nil ? nil : self.witness
        var identity: String?
        while true {
            let left = Int((end - clock.now()).milliseconds)
            let timeout = max(1, min(question.settings.timeoutMilliseconds, left))
            let trace = TraceContext.random()
            let outcome = await probe.send(question.request(timeoutMilliseconds: timeout, trace: trace))
            var sample = question.judge(outcome, hasWitness: witness != nil)
            sample.traceID = trace.traceID
            decider.add(sample)
            observe(sample)
            if decider.isHealthy, let asked = witness {
                let before = clock.now()
                let heard = await hearWitness(asked, about: &decider, question)
                end = min(end + (clock.now() - before), lastEnd)
                if let words = heard.words { identity = words }
                // Once for all that were judged again: why it goes on.
                if let refused = decider.samples.suffix(decider.needed).last(where: { $0.problem != nil }) {
                    observe(refused)
                }
                if heard.isSilent { witness = nil }
            }
            let next = clock.now() + .milliseconds(question.settings.intervalMilliseconds)
            if decider.isHealthy || next >= end || Task.isCancelled { break }
            do {
                try await clock.sleep(for: .milliseconds(question.settings.intervalMilliseconds))
            } catch {
                break
            }
        }
        return HealthWindowResult(
            healthy: decider.isHealthy, samples: decider.samples, inARow: decider.inARow,
            needed: decider.needed, milliseconds: (clock.now() - start).milliseconds, identity: identity)
    }
}

/// Whom to ask, and which answer is healthy.
package struct HealthQuestion: Hashable, Sendable {
    package var url: String
    package var settings: HealthSettings
    package var identity: RevisionIdentity?
    package var expectedRevision: String?
    package var headers: [HeaderField]

    package init(
        url: String, settings: HealthSettings, identity: RevisionIdentity? = nil, expectedRevision: String? = nil,
        identityToken: String? = nil
    ) {
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.url = base + (settings.path.hasPrefix("/") ? "" : "/") + settings.path
        self.settings = settings
        self.identity = identity
        self.expectedRevision = expectedRevision
        headers = identityToken.map { [HeaderField("X-Serverless-Authorization", "Bearer \($0)")] } ?? []
    }

    static let noIdentity = "the answer does not say which revision gave it"

    func request(timeoutMilliseconds: Int, trace: TraceContext) -> HTTPProbeRequest {
        HTTPProbeRequest(
            url: url, headers: headers + [HeaderField("traceparent", trace.header)],
            timeoutMilliseconds: timeoutMilliseconds,
            connectTimeoutMilliseconds: timeoutMilliseconds, maximumBodyBytes: 1 << 16)
    }

    /// Pure: what one outcome says. Unlike in a check, the health response must say who gave it when that is
    /// configured, by header or by JSON path; with a witness, that may say it instead.
    package func judge(_ outcome: HTTPProbeOutcome, hasWitness: Bool = false) -> HealthWindowSample {
        switch outcome {
        case .failure(let failure):
            return HealthWindowSample(status: nil, milliseconds: failure.milliseconds, problem: failure.sentence)
        case .response(let response):
            let revision = RevisionWitness.revision(identity, headers: response.headers, body: response.body)
            return HealthWindowSample(
                status: response.status, milliseconds: response.phases.total, revision: revision,
                witness: revision == nil ? nil : .response,
                problem: problem(response, revision: revision, hasWitness: hasWitness))
        }
    }

    private func problem(_ response: HTTPProbeResponse, revision: String?, hasWitness: Bool) -> String? {
        guard (200...299).contains(response.status) else {
            return "status \(response.status)\(ResponseExpectation.excerpt(response.body))"
        }
        if response.phases.total > Double(settings.timeoutMilliseconds) {
            return "took longer than \(settings.timeoutMilliseconds) ms"
        }
        guard identity != nil, let expectedRevision else { return nil }
        guard let revision else { return hasWitness ? nil : Self.noIdentity }
        return revision == expectedRevision ? nil : "revision `\(revision)` answered, wanted `\(expectedRevision)`"
    }
}

package struct HealthWindowSample: Codable, Hashable, Sendable {
    /// Who says which revision answered.
    package enum Witness: String, Codable, Hashable, Sendable {
        case response
        case requestLog = "request-log"
    }

    /// Nil when no answer came.
    package var status: Int?
    package var milliseconds: Double
    package var revision: String?
    package var witness: Witness?
    /// Sent as `traceparent`: the request log knows the sample by it.
    package var traceID: String?
    /// Nil when the sample is healthy.
    package var problem: String?

    package init(
        status: Int?, milliseconds: Double, revision: String? = nil, witness: Witness? = nil, problem: String? = nil
    ) {
        self.status = status
        self.milliseconds = milliseconds
        self.revision = revision
        self.witness = witness
        self.problem = problem
    }
}

package struct HealthWindowResult: Codable, Hashable, Sendable {
    package var healthy: Bool
    package var samples: [HealthWindowSample]
    package var inARow: Int
    package var needed: Int
    package var milliseconds: Double
    /// What is known about who answered, where the answers do not say.
    package var identity: String?
}

/// Pure: healthy once so many samples in a row were.
package struct HealthDecider: Hashable, Sendable {
    package let needed: Int
    package private(set) var samples: [HealthWindowSample] = []
    package private(set) var inARow = 0

    /// At least one sample: no window is healthy without having looked.
    package init(needed: Int) {
        self.needed = max(1, needed)
    }

    /// The same decision over samples that were judged again.
    init(needed: Int, samples: [HealthWindowSample]) {
        self.init(needed: needed)
        for sample in samples { add(sample) }
    }

    package var isHealthy: Bool { inARow >= needed }

    package mutating func add(_ sample: HealthWindowSample) {
        samples.append(sample)
        inARow = sample.problem == nil ? inARow + 1 : 0
    }
}
