import JSON
import Releases
import Synchronization
import Testing
import Transport

@testable import GoogleCloud

@Suite struct RetryTests {
    @Test(arguments: CallTrouble.allCases)
    func `a write is repeated only where nothing can have happened`(trouble: CallTrouble) {
        let rule = RetryRule(trouble)
        #expect(!rule.why.isEmpty)
        if rule.write != .never { #expect(!rule.leavesWriteInDoubt) }
        // What a write may repeat a read may too.
        if rule.write == .afterPause { #expect(rule.read == .afterPause) }
    }

    @Test(
        arguments: [
            ("0", 0), ("7", 7), (" 12", 12), ("99999999999999999999", 3600), ("4000", 3600),
            ("Thu, 26 Nov 2026 10:00:09 GMT", 9), ("Thursday, 26-Nov-26 10:00:09 GMT", 9),
            ("Thu Nov 26 10:00:09 2026", 9),
            ("Thu, 26 Nov 2026 09:00:00 GMT", 0), ("Thu, 26 Nov 2099 10:00:00 GMT", 3600), ("", nil), ("-1", nil),
            ("1.5", nil), ("soon", nil), ("Thu, 26 Foo 2026 10:00:09 GMT", nil), ("Thu, 26 Nov 2026 10:00:09 CET", nil),
            ("Thu, 26 Nov 2026 25:00:09 GMT", nil), ("Thu, 32 Nov 2026 10:00:09 GMT", nil),
            ("Thu, 26 Nov 2026 10::09 GMT", nil),
        ] as [(String, Int?)])
    func `how long a server wants to be left alone`(text: String, seconds: Int?) {
        // 26 November 2026, 10:00:00 UTC.
        #expect(RetryAfter.parse(text, now: 1_795_687_200) == seconds.map { .seconds($0) })
    }

    @Test func `the pause is drawn below the ceiling, and a server that says how long is believed`() {
        let policy = RetryPolicy(firstDelay: .milliseconds(200), longestDelay: .seconds(5))
        #expect(policy.pause(beforeRepetition: 1, drawn: 0, retryAfter: nil) == .zero)
        #expect(policy.pause(beforeRepetition: 2, drawn: 0.5, retryAfter: nil) == .milliseconds(200))
        #expect(policy.pause(beforeRepetition: 9, drawn: 1, retryAfter: nil) == .seconds(5))
        #expect(policy.pause(beforeRepetition: 1, drawn: 1, retryAfter: .seconds(30)) == .seconds(30))
    }

    @Test func `many services that fail together repeat within one budget`() async throws {
        let sent = Mutex(0)
        let limits = CallLimits(clock: WaitlessTime().clock, draw: { 0 }, budget: RetryBudget(reserve: 5, share: 0.1))
        let rest = RESTClient(tokens: FixedToken(value: nil), retry: RetryPolicy(), limits: limits) {
            _ throws(TransportError) in
            sent.withLock { $0 += 1 }
            return HTTPResponse(status: 503, headers: .init(), body: [])
        }
        for _ in 0..<100 {
            await #expect(throws: GoogleError.self) { try await rest.read("https://run.googleapis.com/x") }
        }
        // 100 requests, 5 repetitions at the start and one for each ten after.
        #expect((100...116).contains(sent.withLock { $0 }), "\(sent.withLock { $0 })")
    }

    @Test func `a long pause is told with its reason, a short one is not`() async throws {
        let heard = Mutex<[String]>([])
        let limits = CallLimits(clock: WaitlessTime().clock, draw: { 1 })
        limits.notices.onLongPause { failure, pause in
            heard.withLock { $0.append("\(failure) \(pause.components.seconds)") }
        }
        let answers = Mutex(["7", nil, "0"])
        let rest = RESTClient(tokens: FixedToken(value: nil), retry: RetryPolicy(), limits: limits) {
            _ throws(TransportError) in
            guard let wait = answers.withLock({ $0.popLast() }) else {
                return HTTPResponse(status: 200, headers: .init(), body: [])
            }
            let headers = HTTPHeaders(wait.map { [.init("Retry-After", $0)] } ?? [])
            return HTTPResponse(status: 503, headers: headers, body: Array("busy".utf8))
        }
        _ = try await rest.read("https://run.googleapis.com/x")
        #expect(heard.withLock { $0 } == ["a call of `run.googleapis.com` failed: busy 7"])
    }

    @Test func `the deadline is for all attempts together`() async throws {
        let time = WaitlessTime()
        let sent = Mutex(0)
        let rest = RESTClient(
            tokens: FixedToken(value: nil),
            retry: RetryPolicy(
                attempts: 100, firstDelay: .seconds(4), longestDelay: .seconds(4), deadline: .seconds(10)),
            limits: CallLimits(clock: time.clock, draw: { 1 })
        ) { request throws(TransportError) in
            sent.withLock { $0 += 1 }
            return HTTPResponse(status: 503, headers: .init(), body: [])
        }
        await #expect(throws: GoogleError.self) { try await rest.read("https://run.googleapis.com/x") }
        #expect(sent.withLock { $0 } == 3)
        #expect(time.waits == [.seconds(4), .seconds(4)])
    }

    @Test func `each attempt has the time that is left`() async throws {
        let timeouts = Mutex<[Duration]>([])
        let rest = RESTClient(
            tokens: FixedToken(value: nil),
            retry: RetryPolicy(
                attempts: 3, firstDelay: .seconds(4), longestDelay: .seconds(4), deadline: .seconds(10),
                readTimeout: .seconds(5)),
            limits: CallLimits(clock: WaitlessTime().clock, draw: { 1 })
        ) { request throws(TransportError) in
            timeouts.withLock { $0.append(request.timeout) }
            throw .connectionLost(reason: "reset")
        }
        await #expect(throws: GoogleError.self) { try await rest.read("https://run.googleapis.com/x") }
        let seen = timeouts.withLock { $0 }
        #expect(seen.count == 3)
        #expect(seen[0] == .seconds(5) && seen[1] == .seconds(5) && seen[2] <= .seconds(2))
    }
}

/// What goes along with a request, and what of an answer is kept.
@Suite struct RequestFieldsTests {
    private struct ProjectTokens: AccessTokens {
        func token() async throws -> String? { "secret" }
        var quotaProject: String? { get async { "billing" } }
    }

    private func fields(_ url: String, tokens: any AccessTokens) async throws -> HTTPHeaders {
        let seen = Mutex(HTTPHeaders())
        let rest = RESTClient(tokens: tokens, retry: RetryPolicy(), limits: CallLimits()) {
            request throws(TransportError) in
            seen.withLock { $0 = request.headers }
            return HTTPResponse(status: 200, headers: .init(), body: [])
        }
        _ = try await rest.read(url)
        return seen.withLock { $0 }
    }

    @Test func `the project that pays is named to Google and to nobody else`() async throws {
        let google = try await fields("https://run.googleapis.com/x", tokens: ProjectTokens())
        #expect(google["X-Goog-User-Project"] == "billing")
        let local = try await fields("http://127.0.0.1:8085/x", tokens: ProjectTokens())
        #expect(local["X-Goog-User-Project"] == nil && local["Authorization"] == "Bearer secret")
        let none = try await fields("https://run.googleapis.com/x", tokens: FixedToken(value: "t"))
        #expect(none["X-Goog-User-Project"] == nil)
    }

    @Test func `what the server calls a failed request is kept, in one line and not for ever`() {
        let response = HTTPResponse(
            status: 503,
            headers: HTTPHeaders([
                .init("Server-Timing", "gfet4t7; dur=12"), .init("X-Goog-Request-Id", "abc\u{1B}[31m\u{9B}2J"),
                .init("X-Cloud-Trace-Context", String(repeating: "t", count: 5000)), .init("Set-Cookie", "secret"),
            ]), body: [])
        let failure = Failure(.status(GoogleStatus(response: response, isWrite: false)), during: "reading")
        #expect(
            failure.details == [
                .init("answer", "503"), .init("x-goog-request-id", "abc[31m2J"),
                .init("x-cloud-trace-context", String(repeating: "t", count: 200)),
                .init("server-timing", "gfet4t7; dur=12"),
            ])
    }
}
