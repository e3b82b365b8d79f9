import Testing
import Verification

/// Connections that are lost and made again.
struct WebSocketReconnectTests {
    private typealias Script = PlayedWebSocket.Script

    private static func check(_ keys: String) -> String {
        """
            script: [ { receive_ordered: { count: 3, key: $.seq } } ]
            reconnect: { \(keys)remember: { session: $.session, last: $.seq }, continues: $.seq,
                path: "/ws?session=${ws.session}&after=${ws.last}" }

        """
    }

    @Test func `a server that goes on where it was is good`() async throws {
        let service = PlayedWebSocket { number, _, _ in .success(.numbers(number * 3 - 2...number * 3)) }
        let found = try await WebSocketScriptTests.result(Self.check("times: 2, "), service)
        #expect(found.status == .passed, "\(found.summary ?? "")")
        #expect(
            service.openings.map(\.url) == [
                "ws://h/ws", "ws://h/ws?session=s1&after=3", "ws://h/ws?session=s1&after=6",
            ])
        #expect(service.drops == 2)
        #expect(found.evidence.reconnections?.count == 2)
        #expect(found.evidence.reconnections?.attempts == 2)
        #expect(found.evidence.messages == 9)
    }

    @Test(
        arguments: [
            (3...5, "`$.seq` is 3 again, and was 3 before"), (1...3, "`$.seq` is 1 again"),
            (6...8, "messages are missing over the reconnect: `$.seq` is 6 after 3"),
        ])
    func `what comes twice or not at all is seen`(_ second: ClosedRange<Int>, _ words: String) async throws {
        let service = PlayedWebSocket { number, _, _ in .success(.numbers(number == 1 ? 1...3 : second)) }
        let found = try await WebSocketScriptTests.result(Self.check(""), service)
        #expect(found.status == .failed)
        #expect(found.summary?.hasPrefix("reconnect 1 of 1: ") == true)
        #expect(found.summary?.contains(words) == true, "\(found.summary ?? "")")
    }

    @Test func `a session that is not kept is seen by what the script wants`() async throws {
        let check = """
                script: [ { receive: { json: { $.seq: 1 } } } ]
                reconnect:
                  remember: { session: $.session }
                  script: [ { receive: { json: { $.session: "${ws.session}" }, next: true } } ]

            """
        let kept = PlayedWebSocket { _, _, _ in .success(.numbers([1])) }
        #expect(try await WebSocketScriptTests.result(check, kept).status == .passed)
        let lost = PlayedWebSocket { number, _, _ in .success(.numbers([1], session: "s\(number)")) }
        let found = try await WebSocketScriptTests.result(check, lost)
        #expect(found.summary?.contains("`$.session` is `\"s2\"`, wanted `\"s1\"`") == true, "\(found.summary ?? "")")
    }

    @Test func `refused attempts are counted, and have a time`() async throws {
        let patient = PlayedWebSocket { number, _, _ in
            (2...4).contains(number) ? .failure(.init(status: 503)) : .success(.numbers(number == 1 ? 1...3 : 4...6))
        }
        let found = try await WebSocketScriptTests.result(Self.check("within: 5s, "), patient)
        #expect(found.status == .passed, "\(found.summary ?? "")")
        #expect(found.evidence.reconnections?.attempts == 4)
        #expect((found.evidence.reconnections?.slowestMilliseconds ?? 0) >= 350)
        let closed = PlayedWebSocket { number, _, _ in
            number == 1 ? .success(.numbers(1...3)) : .failure(.init(status: 503, body: "no instance"))
        }
        let never = try await WebSocketScriptTests.result(Self.check("within: 2s, "), closed)
        #expect(
            never.summary?.contains(
                "no connection within 2000 ms and 6 attempts, the last: the upgrade was answered with 503")
                == true, "\(never.summary ?? "")")
        #expect(never.cause?.contains("no instance could take") == true)
    }

    @Test func `the server may be the one who ends it`() async throws {
        let check = """
                script: [ { receive: { text: hi } } ]
                reconnect: { after: server, wait: 30s }

            """
        let restarting = PlayedWebSocket { number, _, _ in
            let end: [(at: Double, message: WebSocketMessage)] =
                number == 1 ? [(20_000, .closed(code: 1001, reason: ""))] : []
            return .success(Script(events: [(0, .text("hi"))] + end))
        }
        #expect(try await WebSocketScriptTests.result(check, restarting).status == .passed)
        let staying = PlayedWebSocket(Script(events: [(0, .text("hi"))]))
        let found = try await WebSocketScriptTests.result(check, staying)
        #expect(found.summary?.contains("the server did not end the connection within 30.000 s") == true)
    }

    @Test(arguments: [
        ("script: [ { close: {} } ], reconnect: {}", "a script with `close` leaves no connection"),
        ("reconnect: { wait: 3s }", "`wait` goes with `after: server`"),
        ("expect: { closed: { code: 1000 } }, reconnect: {}", "write `after: server`"),
        ("reconnect: { remember: { trip: $.a } }", "is not a name here"),
        ("reconnect: { path: '/ws?s=${ws.session}' }", "unknown reference"),
        ("expect: { upgrade: refused }, reconnect: {}", "has no `reconnect`"),
        ("script: [ { hold: { for: 10s, may_end_at: 20s } } ]", "`for` must be longer"),
        ("script: [ { send: { bytes: abc } } ]", "two hexadecimal digits"),
        ("slo: { p50: 5ms }", "is about `round_trips`"),
    ])
    func `what cannot be meant is a finding`(_ keys: String, _ words: String) {
        let yaml = SuiteRunnerTests.head + "checks: [ { id: w, ws: { path: /ws }, \(keys) } ]"
        guard case .failure(let problems) = SuiteLoader.load(Array(yaml.utf8), file: "suites/s.yaml") else {
            Issue.record("\(keys) was taken")
            return
        }
        #expect("\(problems)".contains(words), "\(problems)")
    }
}
