import Configuration
import Synchronization
import Testing
import Verification

/// Checks that make many requests, against stubs that break what they look for.
struct ManyRequestsTests {
    private static func run(
        _ check: String, secrets: [String: String] = ["JWT": "s3cret-value"],
        _ answer: @escaping @Sendable (HTTPProbeRequest, Int) -> HTTPProbeOutcome
    ) async throws -> CheckResult {
        let yaml =
            SuiteLoaderTests.head + "secrets: { jwt: { from_env: JWT } }\nchecks:\n  - { id: a, \(check) }\n"
        let run = await runner(FakeHTTP(answer), secrets: secrets).run(
            [try suite(yaml)], against: SuiteRunTarget(url: "https://api.example.com"),
            options: SuiteRunOptions(today: today))
        return try #require(run.results.first)
    }

    /// The figures of the percentiles' definition, by hand and from tables of the binomial distribution.
    @Test func `ranks and their bounds`() {
        #expect(OrderStatistics.nearestRank(0.95, of: 100) == 95)
        #expect(OrderStatistics.nearestRank(0.5, of: 1) == 1)
        #expect(OrderStatistics.nearestRank(0.99, of: 50) == 50)
        #expect(OrderStatistics.smallestCount(0.5) == 5)
        #expect(OrderStatistics.smallestCount(0.95) == 59)
        #expect(OrderStatistics.smallestCount(0.99) == 299)
        #expect(OrderStatistics.upperRank(0.95, of: 466) == 451)
        #expect(OrderStatistics.upperRank(0.99, of: 466) == 466)
        #expect(OrderStatistics.lowerRank(0.95, of: 466) == 435)
        #expect(OrderStatistics.lowerRank(0.99, of: 466) == 458)
        for (quantile, least) in [(0.5, 5), (0.95, 59), (0.99, 299)] {
            #expect(OrderStatistics.upperRank(quantile, of: least) == least)
            #expect(OrderStatistics.upperRank(quantile, of: least - 1) == nil)
        }
        #expect(OrderStatistics.upperRank(0.95, of: 100_000).map { (95_000...95_200).contains($0) } == true)
        #expect(OrderStatistics.upperRank(0.95, of: 0) == nil)
    }

    @Test func `a limit holds, does not hold, or nobody can tell`() {
        let objectives = ServiceLevelObjectives(percentiles: [.init(0.95, 100)])
        func verdict(_ slow: Int, of count: Int) -> ServiceLevelObjectives.Verdict {
            let times = [Double](repeating: 50, count: count - slow) + [Double](repeating: 500, count: slow)
            return objectives.judge(times)[0]
        }
        let good = verdict(5, of: 400)
        #expect(good.holds && good.isCertain)
        let bad = verdict(60, of: 400)
        #expect(!bad.holds && bad.isCertain && bad.sentence.contains("p95 is 500 ms, wanted at most 100 ms"))
        let near = verdict(19, of: 400)
        #expect(near.holds && !near.isCertain && near.sentence.contains("a point estimate only"))
        let few = verdict(0, of: 50)
        #expect(few.holds && !few.isCertain && few.sentence.contains("insufficient: 50 answers, a bound needs 59"))
        let lost = objectives.judge([1, .infinity])[0]
        #expect(!lost.holds && lost.evidence.milliseconds == nil && lost.sentence.contains("never came"))
    }

    @Test func `load within its objectives passes, and says how much was measured`() async throws {
        let result = try await Self.run("load: { http: GET /, requests: 60, warmup: 5 }, slo: { p95: 100ms }") { _, _ in
            .answer(milliseconds: 20)
        }
        #expect(result.status == .passed, "\(result.summary ?? "")")
        #expect(result.evidence.samples?.count == 60)
        #expect(result.evidence.samples?.percentiles.first?.upper == 20)
    }

    @Test(arguments: [(20, "p95 is 300 ms"), (3, "p95 is")])
    func `load that is slow fails`(_ slow: Int, _ words: String) async throws {
        let result = try await Self.run("load: { http: GET /, requests: 60 }, slo: { p95: 100ms }") { _, number in
            .answer(milliseconds: number < slow ? 300 : 20)
        }
        #expect(result.status == (slow > 3 ? .failed : .passed), "\(result.summary ?? "")")
        #expect(result.summary?.contains(words) == true, "\(result.summary ?? "")")
    }

    @Test func `load that is answered with errors fails, and errors are no fast answers`() async throws {
        let result = try await Self.run(
            "load: { http: GET /, requests: 60 }, slo: { p95: 100ms, error_rate: 1% }"
        ) { _, number in number < 6 ? .answer(503, milliseconds: 1) : .answer(milliseconds: 20) }
        #expect(result.status == .failed)
        #expect(result.summary?.contains("6 of 60 requests failed (10 %), wanted at most 1 %") == true)
        #expect(result.summary?.contains("p95 is an answer that never came") == true)
    }

    @Test func `each user sees their own data`() async throws {
        let result = try await Self.run(
            "users: { http: GET /me, count: 6 }, auth: { kind: jwt, secret: jwt, claims: { sub: '${user.name}' } }"
        ) { request, _ in .answer(200, "{\"sub\":\"\(Self.subject(request))\"}") }
        #expect(result.status == .passed, "\(result.summary ?? "")")
        #expect(result.evidence.samples?.count == 18)
    }

    private static func subject(_ request: HTTPProbeRequest) -> String {
        String(request.headers["authorization"]?.split(separator: ".").last ?? "nobody")
    }

    @Test func `one user's data in another's answer is found, and no token is in the report`() async throws {
        let first = Mutex("")
        let result = try await Self.run(
            "users: { http: GET /me, count: 6 }, auth: { kind: jwt, secret: jwt, claims: { sub: '${user.name}' } }"
        ) { request, _ in
            // A cache without the user in its key.
            let name = first.withLock { kept in
                if kept.isEmpty { kept = Self.subject(request) }
                return kept
            }
            return .answer(200, "{\"sub\":\"\(name)\",\"token\":\"\(request.headers["authorization"] ?? "")\"}")
        }
        #expect(result.status == .failed)
        #expect(
            result.summary?.contains("15 of 18 answers hold another user's data") == true, "\(result.summary ?? "")")
        #expect(result.cause?.contains("cache") == true)
    }

    @Test func `answers that name nobody show no isolation`() async throws {
        let result = try await Self.run("users: { http: GET /me, count: 2, rounds: 1 }") { _, _ in .answer(200, "{}") }
        #expect(result.status == .failed)
        #expect(result.summary?.contains("do not name their user") == true)
    }

    @Test func `a limit that is enforced passes, with who enforces it`() async throws {
        let result = try await Self.run(
            "rate_limit: { http: GET /limited, limit: 10, per: 1s, retry_after: true, enforced_by: service }"
        ) { _, number in number < 10 ? .answer() : .answer(429, headers: [HeaderField("Retry-After", "1")]) }
        #expect(result.status == .passed, "\(result.summary ?? "")")
        #expect(result.summary == "10 passed and 21 were refused by the service")
    }

    @Test(arguments: [
        (1000, false, "is not enforced"), (25, false, "at most 20 fit"), (4, false, "only 4 requests passed"),
        (10, true, "the platform refused, wanted the service to"),
    ])
    func `a limit that is not as documented fails`(_ admitted: Int, _ fromGoogle: Bool, _ words: String) async throws {
        let result = try await Self.run(
            "rate_limit: { http: GET /limited, limit: 10, per: 1s, enforced_by: service }"
        ) { _, number in
            number < admitted
                ? .answer()
                : .answer(
                    429, fromGoogle ? "<html>Rate exceeded.</html>" : "{}",
                    headers: fromGoogle ? [HeaderField("Server", "Google Frontend")] : [])
        }
        #expect(result.status == .failed)
        #expect(result.summary?.contains(words) == true, "\(result.summary ?? "")")
    }

    @Test(arguments: [
        (100.0, 20.0, nil), (900, 20, "the first answer after 1000 ms without requests took 900 ms"),
        (100, 80, "the slowest of 3 answers"),
    ])
    func `the first answer and those after it`(_ cold: Double, _ warm: Double, _ words: String?) async throws {
        let result = try await Self.run(
            "start: { http: GET /, idle: 1s, samples: 3, cold: { '<': 500ms }, warm: { '<': 50ms } }"
        ) { _, number in .answer(milliseconds: number == 0 ? cold : warm) }
        #expect(result.status == (words == nil ? .passed : .failed))
        #expect(words.map { result.summary?.contains($0) == true } ?? true, "\(result.summary ?? "")")
    }

    @Test(arguments: [
        ("{ id: a, load: { http: GET / } }", "needs `slo`"),
        ("{ id: a, load: { http: GET /, requests: 50 }, slo: { p99: 1s } }", "a bound needs 299"),
        ("{ id: a, load: { http: GET / }, slo: { q95: 1s } }", "unknown key `q95`"),
        ("{ id: a, load: { http: GET / }, slo: { error_rate: 5 } }", "expected 0.0% to 100.0%"),
        ("{ id: a, users: { http: GET /, count: 1 } }", "expected a whole number from 2"),
        ("{ id: a, users: { http: GET /, names: [ann, anna] } }", "is a part of"),
        ("{ id: a, http: 'GET /${user.name}' }", "unknown reference `${user.name}`"),
        ("{ id: a, rate_limit: { http: GET /, limit: 10 } }", "missing `per`"),
        ("{ id: a, rate_limit: { http: GET /, limit: 10, per: 1s, requests: 20 } }", "at least 21 show a limit"),
        ("{ id: a, start: { http: GET / } }", "needs `cold` or `warm`"),
        ("{ id: a, cors: { path: / } }", "missing `origin`"),
        ("{ id: a, tls: {}, expect: { refuses: ['1.4'] } }", "expected `1.0`"),
    ])
    func `findings`(_ check: String, _ words: String) {
        let found = SuiteLoaderTests.messages(SuiteLoaderTests.head + "checks:\n  - \(check)\n")
        #expect(found.contains { $0.contains(words) }, "\(found)")
        #expect(found.allSatisfy { $0.hasPrefix("6:") }, "\(found)")
    }
}
