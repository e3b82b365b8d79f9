import Configuration
import JSON
import Testing
import Verification

struct SuiteRunnerTests {
    static let target = SuiteRunTarget(
        url: "http://h", identity: .header("x-revision"), expectedRevision: "r-2", identityToken: "id-token-1",
        references: ["run.id": "run1"])
    static let good = [HeaderField("x-revision", "r-2")]
    static let head = "version: 1\nsuite: s\npriority: P3\nowner: team\n"

    static func run(
        _ yaml: String, _ http: FakeHTTP, _ webSocket: FakeWebSocket = FakeWebSocket(messages: []),
        secrets: [String: String] = [:], options: SuiteRunOptions = SuiteRunOptions(today: today)
    ) async throws -> SuiteRun {
        await runner(http, webSocket, secrets: secrets).run([try suite(yaml)], against: target, options: options)
    }

    @Test func `captures flow along needs and secrets do not come out`() async throws {
        let http = FakeHTTP { request, _ in
            request.url == "http://h/token"
                ? .answer(200, #"{"token":"very-secret"}"#, headers: Self.good)
                : .answer(500, "no very-secret here", headers: Self.good)
        }
        let run = try await Self.run(
            Self.head + """
                checks:
                  - { id: a, http: GET /token, capture: { t: { json: $.token, secret: true } } }
                  - { id: b, http: 'GET /x?t=${captures.t}', headers: { authorization: 'Bearer ${captures.t}' }, needs: [a] }
                  - { id: c, http: GET /y, needs: [b] }
                """, http)
        #expect(run.results.map(\.status) == [.passed, .failed, .blocked])
        #expect(http.requests.count == 2)
        #expect(http.requests[1].headers["authorization"] == "Bearer very-secret")
        #expect(http.requests[1].headers["x-serverless-authorization"] == "Bearer id-token-1")
        #expect(http.requests[1].headers["traceparent"]?.count == 55)
        #expect(run.results[1].evidence.url == "http://h/x?t=[redacted]")
        #expect(run.results[1].summary == "status 500, wanted 200-299: no [redacted] here")
        #expect(run.results[2].summary == "`b`, which it needs, is failed")
        #expect(run.verdict.result == .fail)
    }

    @Test func `a retry that helps makes a check flaky and a poll does not`() async throws {
        let http = FakeHTTP { request, before in before % 2 == 0 ? .answer(503) : .answer(headers: Self.good) }
        let flaky = try await Self.run(Self.head + "checks: [ { id: a, http: GET /, retry: { times: 1 } } ]", http)
        #expect(flaky.results[0].status == .flaky)
        #expect(flaky.results[0].attempts == 2)
        #expect(flaky.results[0].evidence.attempts.map(\.status) == [503, 200])
        let polled = try await Self.run(
            Self.head + "checks: [ { id: a, http: GET /, poll: { every: 1s, for: 10s } } ]", http)
        #expect(polled.results[0].status == .passed)
        #expect(polled.results[0].milliseconds.rounded() == 1000)
    }

    @Test func `without a policy nothing is tried twice, and an assertion is never retried by default`() async throws {
        let http = FakeHTTP { _, _ in .answer(500, headers: Self.good) }
        _ = try await Self.run(Self.head + "checks: [ { id: a, http: GET / } ]", http)
        #expect(http.requests.count == 1)
        _ = try await Self.run(Self.head + "checks: [ { id: a, http: GET /, retry: { times: 3 } } ]", http)
        #expect(http.requests.count == 2)
    }

    @Test func `a poll ends with its time`() async throws {
        let http = FakeHTTP { _, _ in .answer(503) }
        let run = try await Self.run(
            Self.head + "checks: [ { id: a, http: GET /, poll: { every: 1s, backoff: 2, for: 10s } } ]", http)
        #expect(run.results[0].status == .failed)
        #expect(http.requests.count == 4)
    }

    @Test func `an answer of another revision is a failure`() async throws {
        let other = FakeHTTP { _, _ in .answer(headers: [HeaderField("x-revision", "r-1")]) }
        let run = try await Self.run(Self.head + "checks: [ { id: a, http: GET / } ]", other)
        #expect(run.results[0].status == .failed)
        #expect(run.results[0].evidence.revision == "r-1")
        let none = FakeHTTP { _, _ in .answer() }
        #expect(try await Self.run(Self.head + "checks: [ { id: a, http: GET / } ]", none).results[0].status == .failed)
    }

    @Test func `credentials go to the target alone`() async throws {
        let http = FakeHTTP { _, _ in .answer(headers: Self.good) }
        _ = try await Self.run(Self.head + "checks: [ { id: a, http: GET http://h.example/x } ]", http)
        #expect(http.requests[0].headers["x-serverless-authorization"] == nil)
    }

    @Test func `a token is minted from the suite's secret`() async throws {
        let http = FakeHTTP { _, _ in .answer(headers: Self.good) }
        let yaml =
            Self.head + """
                secrets: { jwt: { from_env: JWT_SECRET } }
                checks:
                  - { id: a, http: GET /, each: { user: [ann, bob] }, auth: { kind: jwt, secret: jwt, claims: { sub: "${each.user}" } } }
                """
        let run = try await Self.run(yaml, http, secrets: ["JWT_SECRET": "12345678"])
        #expect(run.results.map(\.id) == ["a[ann]", "a[bob]"])
        #expect(Set(http.requests.map { $0.headers["authorization"] }) == ["Bearer jwt.8.ann", "Bearer jwt.8.bob"])
        let without = try await Self.run(yaml, http)
        #expect(without.results.map(\.status) == [.error, .error])
        #expect(without.results[0].summary == "`${secrets.jwt}` has no value in this run")
    }

    @Test func `routes that do not answer are named`() async throws {
        let http = FakeHTTP { request, _ in .answer(request.url.hasSuffix("/b") ? 404 : 200, headers: Self.good) }
        let run = try await Self.run(Self.head + "checks: [ { id: a, routes: { paths: [/a, /b, /c] } } ]", http)
        #expect(run.results[0].status == .failed)
        #expect(run.results[0].summary?.hasPrefix("1 of 3 routes are not as wanted: `GET /b`: status 404") == true)
        #expect(run.results[0].cause == "this revision does not have the route")
    }

    @Test func `policies change what a failure means, and stale ones do not apply`() async throws {
        let http = FakeHTTP { request, _ in .answer(request.url.hasSuffix("ok") ? 200 : 500, headers: Self.good) }
        func policy(_ match: String, _ kind: String, _ day: CalendarDay) -> String {
            "  - { match: \(match), \(kind), owner: o, issue: I-1, reason: r, expires: \(day) }\n"
        }
        let soon = CalendarDay(secondsSince1970: 1_790_000_000 + 5 * 86_400)
        let past = CalendarDay(secondsSince1970: 1_790_000_000 - 86_400)
        let far = CalendarDay(secondsSince1970: 1_790_000_000 + 91 * 86_400)
        let checks = ["waived", "expected", "quarantined", "expired", "distant"].map {
            "  - { id: \($0), http: GET /x }\n"
        }
        let run = try await Self.run(
            Self.head + "checks:\n  - { id: ok, http: GET /ok }\n  - { id: surprise, http: GET /ok }\n"
                + checks.joined() + "policies:\n" + policy("waived", "waive: true", soon)
                + policy("expected", "expect: fail", soon) + policy("surprise", "expect: fail", soon)
                + policy("quarantined", "quarantine: true", soon) + policy("expired", "waive: true", past)
                + policy("distant", "waive: true", far), http)
        #expect(
            run.results.map(\.status) == [.passed, .xpass, .waived, .xfail, .quarantined, .failed, .failed])
        #expect(run.notes.count == 2)
        #expect(run.results[2].policy?.hasPrefix("I-1, o, until ") == true)
    }

    @Test func `a failed priority stops those below it unless told otherwise`() async throws {
        let http = FakeHTTP { _, _ in .answer(500) }
        let first = try suite("version: 1\nsuite: one\npriority: P1\nowner: t\nchecks: [ { id: a, http: GET / } ]")
        let second = try suite("version: 1\nsuite: two\npriority: P2\nowner: t\nchecks: [ { id: b, http: GET / } ]")
        let stopped = await runner(http).run(
            [second, first], against: Self.target, options: SuiteRunOptions(today: today))
        #expect(stopped.results.map(\.status) == [.failed, .notRun])
        let going = await runner(http).run(
            [second, first], against: Self.target, options: SuiteRunOptions(keepGoing: true, today: today))
        #expect(going.results.map(\.status) == [.failed, .failed])
    }

    @Test func `cleanup runs after failures and changes no verdict`() async throws {
        let http = FakeHTTP { request, _ in .answer(request.method == "DELETE" ? 500 : 200, headers: Self.good) }
        let run = try await Self.run(
            Self.head + "checks: [ { id: a, http: GET / } ]\ncleanup: [ { http: DELETE /x } ]", http)
        #expect(run.verdict.result == .pass)
        #expect(run.cleanup.map(\.status) == [.failed])
        let document = VerdictDocument(run, suites: [])
        #expect(document.counts.total == 1)
    }
}
