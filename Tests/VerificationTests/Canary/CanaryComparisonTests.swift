import Configuration
import Synchronization
import Testing

@testable import Verification

/// How pairs are taken: both sides at the same moment, harmless requests, all of them marked.
struct CanaryComparisonTests {
    private let clock = ManualClock()
    private static let service = Service(name: "backend", identity: .header("x-revision"))
    private static let candidate = CanaryComparison.Side(
        url: "http://c.test/", revision: "new", identityToken: "hidden")
    private static let baseline = CanaryComparison.Side(url: "http://b.test", revision: "old", identityToken: "hidden")

    private func compare(
        _ http: FakeHTTP, _ settings: AnalysisSettings = AnalysisSettings(latencyTolerance: nil), pairs: Int = 300,
        pause: Duration = .zero, baseline: CanaryComparison.Side? = Self.baseline,
        continuing evidence: CanaryEvidence = CanaryEvidence()
    ) async throws -> CanaryJudge {
        let rules = CanaryRules(
            profile: settings.profile, latencyTolerance: nil, hasBaseline: baseline != nil)
        return try await CanaryComparison(Self.service, settings: settings, run: "run-1", probe: http, clock: clock)
            .run(
                CanaryJudge(rules, continuing: evidence), candidate: Self.candidate, baseline: baseline,
                pace: .init(
                    pairs: pairs, pairsPerSecond: settings.pairsPerSecond, pause: pause, patience: .seconds(3600)))
    }

    private static func answer(_ request: HTTPProbeRequest, candidate: HTTPProbeOutcome? = nil) -> HTTPProbeOutcome {
        let isCandidate = request.url.hasPrefix("http://c.test")
        if isCandidate, let candidate { return candidate }
        return .answer(headers: [HeaderField("x-revision", isCandidate ? "new" : "old")])
    }

    @Test func `both sides are asked as often, with GET, with a mark and a token`() async throws {
        let http = FakeHTTP { request, _ in Self.answer(request) }
        let judge = try await compare(http)
        #expect(judge.decision == .pass && judge.evidence.pairs == 72)
        // Five pairs warm up and count for nothing.
        #expect(http.requests.count == 2 * (72 + 5))
        #expect(http.requests.count { $0.url == "http://c.test/health" } == 77)
        #expect(http.requests.allSatisfy { $0.method == "GET" && $0.body == nil })
        #expect(http.requests.allSatisfy { $0.headers["X-Stagectl-Probe"] == "run-1" })
        #expect(http.requests.allSatisfy { $0.headers["X-Serverless-Authorization"] == "Bearer hidden" })
    }

    @Test(
        arguments: [
            .answer(503, headers: [HeaderField("x-revision", "new")]), .answer(404),
            .answer(headers: [HeaderField("x-revision", "old")]), .failure(ProbeFailure(.connect, "refused")),
            .failure(ProbeFailure(.timeout, "no answer in time")),
        ] as [HTTPProbeOutcome])
    func `a dead candidate costs seven pairs and the warm-up`(outcome: HTTPProbeOutcome) async throws {
        let http = FakeHTTP { request, _ in Self.answer(request, candidate: outcome) }
        let judge = try await compare(http)
        #expect(judge.decision == .fail && judge.evidence.pairs == 7)
        #expect(http.requests.count == 2 * (7 + 5))
    }

    @Test func `paths take turns, on both sides at the same time`() async throws {
        let http = FakeHTTP { request, _ in Self.answer(request) }
        _ = try await compare(http, AnalysisSettings(paths: ["/a", "/b"], latencyTolerance: nil), pairs: 20)
        let asked = http.requests.map { String($0.url.suffix(2)) }
        #expect(Set(asked) == ["/a", "/b"])
        #expect(stride(from: 0, to: asked.count, by: 2).allSatisfy { asked[$0] == asked[$0 + 1] })
    }

    @Test func `a longer pause is looked at through all of it, also when it has passed`() async throws {
        let http = FakeHTTP { request, _ in Self.answer(request) }
        let before = clock.now()
        let judge = try await compare(http, pairs: 100, pause: .seconds(1000))
        #expect(judge.decision == .pass)
        #expect(clock.now() - before >= .seconds(1000))
        #expect((90...101).contains(judge.evidence.pairs), "\(judge.evidence.pairs)")
    }

    @Test func `what turns bad after it has passed is still found`() async throws {
        let http = FakeHTTP { request, before in
            Self.answer(request, candidate: before > 400 ? .answer(500) : nil)
        }
        let judge = try await compare(http, pairs: 300, pause: .seconds(2000))
        #expect(judge.decision == .fail)
    }

    @Test func `a step takes its own part of the pairs, and the next goes on without a warm-up`() async throws {
        let http = FakeHTTP { request, _ in Self.answer(request) }
        let first = try await compare(http, pairs: 40)
        #expect(first.decision == .open && first.evidence.pairs == 40)
        let second = try await compare(http, pairs: 40, continuing: first.evidence)
        #expect(second.decision == .pass && second.evidence.pairs == 72)
        #expect(http.requests.count == 2 * (5 + 72))
    }

    @Test func `what was found out goes out every ten pairs, and whoever cannot keep it ends the analysis`()
        async throws
    {
        struct Refused: Error {}
        let http = FakeHTTP { request, _ in Self.answer(request) }
        let comparison = CanaryComparison(
            Self.service, settings: AnalysisSettings(latencyTolerance: nil), run: "r", probe: http, clock: clock)
        let looks = Mutex<[Int]>([])
        await #expect(throws: Refused.self) {
            try await comparison.run(
                CanaryJudge(CanaryRules(latencyTolerance: nil)), candidate: Self.candidate, baseline: Self.baseline,
                pace: .init(pairs: 300, pairsPerSecond: 3, pause: .zero, patience: .seconds(3600))
            ) { judge in
                looks.withLock { $0.append(judge.evidence.pairs) }
                if judge.evidence.pairs == 30 { throw Refused() }
            }
        }
        #expect(looks.withLock { $0 } == [10, 20, 30])
    }

    @Test func `without a baseline the candidate alone is asked`() async throws {
        let http = FakeHTTP { request, _ in Self.answer(request) }
        let judge = try await compare(http, baseline: nil)
        #expect(judge.decision == .pass)
        #expect(http.requests.allSatisfy { $0.url.hasPrefix("http://c.test") })
    }

    @Test func `a step that gets no pairs in its time ends all the same`() async throws {
        let http = FakeHTTP { [clock] request, _ in
            clock.advance(.seconds(10))
            return Self.answer(request)
        }
        let judge = try await CanaryComparison(
            Self.service, settings: AnalysisSettings(), run: "r", probe: http, clock: clock
        ).run(
            CanaryJudge(CanaryRules()), candidate: Self.candidate, baseline: Self.baseline,
            pace: .init(pairs: 300, pairsPerSecond: 3, pause: .zero, patience: .seconds(200)))
        var concluded = judge
        #expect(concluded.conclude() == .inconclusive)
        #expect(judge.evidence.pairs < 30)
        #expect(judge.sentence(.inconclusive).contains("fewer than 30"))
    }
}
