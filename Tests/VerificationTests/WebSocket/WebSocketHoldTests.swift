import Testing
import Verification

/// Connections that are kept open for long.
struct WebSocketHoldTests {
    private typealias Script = PlayedWebSocket.Script

    private static let dropped = WebSocketMessage.closed(code: 1006, reason: "")

    @Test func `a connection that is held, pinged and used is good`() async throws {
        let check = """
                script:
                  - hold: { for: 310s, ping: 30s, send: { json: { type: ping } }, every: 20s, receive: { json: { $.type: ping } } }
                  - close: {}

            """
        let service = PlayedWebSocket(.echo())
        let found = try await WebSocketScriptTests.result(check, service)
        #expect(found.status == .passed, "\(found.summary ?? "")")
        #expect(found.evidence.messages == 15)
        #expect(found.milliseconds >= 310_000)
    }

    @Test(
        arguments: [
            (300_400.0, nil, "Cloud Run's request timeout ended the stream: it is 300.000 s here"),
            (120_000.0, nil, "the instance was killed"), (60_200.0, 60_000.0, "it is 60.000 s here"),
            (300_400.0, 60_000.0, "the instance was killed"),
        ] as [(Double, Double?, String)])
    func `a drop is told from the request timeout by its age`(
        _ age: Double, _ timeout: Double?, _ words: String
    ) async throws {
        let service = PlayedWebSocket(Script(events: [(age, Self.dropped)]))
        let runner = SuiteRunner(
            http: WebSocketCheckTests.http, webSocket: service, tokens: FakeMinter(),
            secrets: EnvironmentSecretSource([:]), clock: service.clock)
        var target = SuiteRunnerTests.target
        target.requestTimeoutMilliseconds = timeout
        let yaml =
            SuiteRunnerTests.head
            + "checks: [ { id: w, ws: { path: /ws }, script: [ { hold: { for: 400s, ping: 30s } } ] } ]"
        let run = await runner.run([try suite(yaml)], against: target, options: SuiteRunOptions(today: today))
        let found = run.results[0]
        #expect(found.status == .failed)
        #expect(found.summary?.contains("dropped without a close frame (1006)") == true, "\(found.summary ?? "")")
        #expect(found.cause?.contains(words) == true, "\(found.cause ?? "")")
        #expect(found.evidence.closeCode == 1006)
    }

    @Test(
        arguments: [
            (301_000, nil), (120_000, "wanted not before about 300.000 s"), (500_000, nil),
        ] as [(Double, String?)])
    func `an end at the request timeout can be what is wanted`(_ age: Double, _ words: String?) async throws {
        let service = PlayedWebSocket(Script(events: [(age, Self.dropped)]))
        let found = try await WebSocketScriptTests.result(
            "    script: [ { hold: { for: 400s, may_end_at: 300s } }, { close: {} } ]\n", service)
        #expect((found.status == .passed) == (words == nil), "\(found.summary ?? "")")
        if let words { #expect(found.summary?.contains(words) == true, "\(found.summary ?? "")") }
    }

    @Test func `a ping or a message that is not answered while held is a failure`() async throws {
        let pings = try await WebSocketScriptTests.result(
            "    script: [ { hold: { for: 60s, ping: 10s, pong_within: 2s } } ]\n",
            PlayedWebSocket(Script(pongs: false)))
        #expect(
            pings.summary?.contains("a ping was not answered within 2000 ms, 12.00") == true,
            "\(pings.summary ?? "")")
        let traffic = try await WebSocketScriptTests.result(
            "    script: [ { hold: { for: 60s, send: hello, every: 10s, receive: { within: 1s } } } ]\n",
            PlayedWebSocket(Script()))
        #expect(traffic.summary?.contains("no message within the time") == true)
    }

    @Test func `an orderly end while held is one too`() async throws {
        let service = PlayedWebSocket(Script(events: [(5000, .closed(code: 1001, reason: "restarting"))]))
        let found = try await WebSocketScriptTests.result("    script: [ { hold: { for: 60s } } ]\n", service)
        #expect(found.summary?.contains("closed the connection with 1001, reason `restarting`") == true)
        #expect(found.cause?.contains("SIGTERM") == true)
    }
}
