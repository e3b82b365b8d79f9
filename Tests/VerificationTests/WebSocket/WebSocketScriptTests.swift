import Testing
import Verification

/// Every expectation and every step of a WebSocket check: what makes it pass, and what makes it fail.
struct WebSocketScriptTests {
    private typealias Script = PlayedWebSocket.Script

    static func result(_ check: String, _ service: PlayedWebSocket, ws: String = "{ path: /ws }") async throws
        -> CheckResult
    {
        let runner = SuiteRunner(
            http: WebSocketCheckTests.http, webSocket: service, tokens: FakeMinter(),
            secrets: EnvironmentSecretSource([:]), clock: service.clock)
        let yaml = SuiteRunnerTests.head + "checks:\n  - id: w\n    ws: \(ws)\n\(check)"
        return await runner.run(
            [try suite(yaml)], against: SuiteRunnerTests.target, options: SuiteRunOptions(today: today)
        ).results[0]
    }

    private func expect(
        _ result: CheckResult, _ words: String?, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect((result.status == .passed) == (words == nil), "\(result.summary ?? "")", sourceLocation: location)
        guard let words else { return }
        #expect(result.summary?.contains(words) == true, "\(result.summary ?? "")", sourceLocation: location)
    }

    @Test(
        arguments: [
            ("{ header: { x-kind: live } }", nil),
            ("{ header: { x-kind: old } }", "header `x-kind` is `live`, wanted `old`"),
            ("{ header: { x-other: { present: true } } }", "header `x-other` is missing"),
            ("{ time: { upgrade: 10ms } }", nil),
            ("{ time: { upgrade: { \"<\": 5ms } } }", "the upgrade took 0.005 s, wanted less than 5 ms"),
        ] as [(String, String?)])
    func `the answer with 101 is as expected`(_ expectation: String, _ words: String?) async throws {
        let service = PlayedWebSocket(Script(headers: [HeaderField("X-Kind", "live")]))
        let found = try await Self.result("    expect: \(expectation)\n", service)
        expect(found, words)
        #expect(found.evidence.phases?.total == 5)
        #expect(found.evidence.remoteAddress == "127.0.0.1:80")
    }

    @Test(
        arguments: [
            ("v2", "", nil), (nil, "", "chose none of the offered subprotocols (`v1`, `v2`)"),
            ("v2", "    expect: { subprotocol: v2 }\n", nil),
            ("v1", "    expect: { subprotocol: v2 }\n", "the subprotocol is `v1`, wanted `v2`"),
            (nil, "    expect: { subprotocol: v2 }\n", "the server chose no subprotocol"),
            (nil, "    expect: { subprotocol: false }\n", nil),
            ("v1", "    expect: { subprotocol: false }\n", "the server chose the subprotocol `v1`, wanted none"),
        ] as [(String?, String, String?)])
    func `the subprotocol is chosen as browsers want it`(
        _ chosen: String?, _ expectation: String, _ words: String?
    ) async throws {
        let headers = chosen.map { [HeaderField("sec-websocket-protocol", $0)] } ?? []
        let service = PlayedWebSocket(Script(headers: headers))
        let found = try await Self.result(expectation, service, ws: "{ path: /ws, subprotocols: [v1, v2] }")
        expect(found, words)
        #expect(found.evidence.subprotocol == chosen)
    }

    @Test(
        arguments: [
            ("{ upgrade: refused, status: 403, header: { x-reason: token }, json: { $.error: expired } }", nil),
            ("{ upgrade: refused, status: 403, header: { x-reason: other } }", "header `x-reason` is `token`"),
            ("{ upgrade: refused, status: 403, json: { $.error: unknown } }", "`$.error`"),
            ("{ upgrade: refused, body: { contains: denied } }", "does not contain `denied`"),
            ("{ upgrade: refused, status: 401 }", "the upgrade was answered with 403, wanted a refusal with 401"),
        ] as [(String, String?)])
    func `a refusal is looked at whole`(_ expectation: String, _ words: String?) async throws {
        let service = PlayedWebSocket { _, _, _ in
            .failure(.init(status: 403, body: #"{"error":"expired"}"#, headers: [HeaderField("X-Reason", "token")]))
        }
        expect(try await Self.result("    expect: \(expectation)\n", service), words)
    }

    @Test func `the reason of a close is a part of it`() async throws {
        let service = PlayedWebSocket(Script(events: [(1, .closed(code: 4001, reason: "token expired"))]))
        expect(try await Self.result("    expect: { closed: { code: 4001, reason: token expired } }\n", service), nil)
        let found = try await Self.result(
            "    expect: { closed: { code: [4000, 4001], reason: { contains: quota } } }\n", service)
        expect(found, "the reason of the close does not contain `quota`")
        #expect(found.evidence.closeCode == 4001)
    }

    @Test func `an answer to the upgrade that breaks the protocol is told as such`() async throws {
        let probe = FakeWebSocket { _ in .failed(ProbeFailure(.malformed, "the answer with 101 has a body")) }
        let found = try await WebSocketCheckTests.result("", probe)
        #expect(found.status == .error)
        #expect(found.summary == "the answer breaks the protocol: the answer with 101 has a body")
        #expect(found.cause?.contains("no WebSocket client accepts") == true)
    }

    @Test func `a server that breaks the protocol is no server that closed`() async throws {
        let violated = WebSocketMessage.violated(code: 1007, reason: "a text message is not UTF-8")
        let service = PlayedWebSocket(Script(events: [(1, violated)]))
        let found = try await Self.result("    script: [ { receive: { text: hi } } ]\n", service)
        expect(found, "the server broke the WebSocket protocol, and was closed with 1007: a text message is not UTF-8")
        #expect(found.cause?.contains("not UTF-8") == true)
        expect(
            try await Self.result("    expect: { closed: { code: 1007 } }\n", service), "the server broke the WebSocket"
        )
    }

    @Test func `round trips are measured, each by its own answer`() async throws {
        let check = """
                script: [ { round_trips: { count: 60, send: { json: { n: "${ws.trip}" } },
                    receive: { within: 1s, json: { $.n: "${ws.trip}" } } } } ]
                slo: { p50: 20ms, p95: 50ms }

            """
        let passed = try await Self.result(check, PlayedWebSocket(.echo()))
        expect(passed, nil)
        #expect(passed.evidence.samples?.count == 60)
        #expect(passed.evidence.samples?.percentiles.map(\.percent) == [50, 95])
        let slow = try await Self.result(check, PlayedWebSocket(.echo(after: 70)))
        expect(slow, "round trips: p50 is 70 ms, wanted at most 20 ms")
        let late = PlayedWebSocket(Script(answer: { $0.contains("\"7\"") ? [] : [(10, .text($0))] }))
        let lost = try await Self.result(check, late)
        expect(lost, "no message within the time (round trip 7 of 60)")
        #expect(lost.evidence.samples?.errors == 54)
    }

    @Test func `percentiles of too few round trips are a finding`() throws {
        let yaml =
            SuiteRunnerTests.head
            + "checks: [ { id: w, ws: { path: /ws }, script: [ { round_trips: { count: 20, send: a, receive: {} } } ], "
        let found = SuiteLoader.load(Array((yaml + "slo: { p95: 9ms } } ]").utf8), file: "suites/s.yaml")
        guard case .failure(let problems) = found else { return #expect(Bool(false), "it was taken") }
        #expect("\(problems)".contains("20 round trips say nothing about `p95`: a bound needs 59"))
        let three = yaml + "connections: { count: 3 }, slo: { p95: 9ms } } ]"
        #expect(throws: Never.self) { try suite(three) }
    }

    @Test func `a ping must be answered`() async throws {
        let check = "    script: [ { ping: { within: 2s } } ]\n"
        expect(try await Self.result(check, PlayedWebSocket(Script())), nil)
        let silent = try await Self.result(check, PlayedWebSocket(Script(pongs: false)))
        expect(silent, "the ping was not answered within 2000 ms")
        let ended = Script(events: [(0, .closed(code: 1011, reason: "boom"))], pongs: false)
        expect(try await Self.result(check, PlayedWebSocket(ended)), "closed the connection with 1011, reason `boom`")
    }

    @Test func `quiet is broken by any message`() async throws {
        let check = "    script: [ { quiet: { for: 1s } } ]\n"
        expect(try await Self.result(check, PlayedWebSocket(Script())), nil)
        let loud = PlayedWebSocket(Script(events: [(500, .text("psst"))]))
        expect(try await Self.result(check, loud), "`psst` came, wanted nothing")
    }

    @Test func `binary messages go both ways`() async throws {
        let check = "    script: [ { send: { bytes: \"00FF\" } }, { receive: { bytes: \"0a0b\" } } ]\n"
        let good = Script(answer: { [(1, .binary($0 == "[0, 255]" ? [10, 11] : []))] })
        expect(try await Self.result(check, PlayedWebSocket(good)), nil)
        let other = Script(answer: { _ in [(1, .binary([1]))] })
        expect(try await Self.result(check, PlayedWebSocket(other)), "not the 2 bytes that were wanted")
    }

    @Test func `a close is answered where that is wanted, and an error of the server is seen in it`() async throws {
        let check = "    script: [ { close: { code: 1000, reason: bye, answered: true } } ]\n"
        expect(try await Self.result(check, PlayedWebSocket(Script())), nil)
        let mute = PlayedWebSocket(Script(closeAnswer: 1006))
        expect(try await Self.result(check, mute), "the server did not answer the close frame")
        expect(try await Self.result("    script: [ { close: {} } ]\n", mute), nil)
        let broken = PlayedWebSocket(Script(closeAnswer: 1011))
        expect(try await Self.result("    script: [ { close: {} } ]\n", broken), "closed the connection with 1011")
    }

    @Test func `many connections are open at once, or the check fails`() async throws {
        let check = "    script: [ { receive: { text: hi } } ]\n    connections: { count: 20, ramp: 1s }\n"
        let script = Script(events: [(0, .text("hi"))])
        let good = try await Self.result(check, PlayedWebSocket(script))
        expect(good, nil)
        #expect(good.evidence.connections == ConnectionEvidence(count: 20, accepted: 20, atOnce: 20))
        #expect(good.evidence.messages == 20)
        // One after the other they would all be taken.
        let narrow = PlayedWebSocket { _, open, _ in
            open < 5 ? .success(script) : .failure(.init(status: 429))
        }
        let refused = try await Self.result(check, narrow)
        expect(refused, "15 of 20 connections are not as wanted, the first: the upgrade was answered with 429")
        #expect(refused.cause?.contains("limit") == true)
        // Taken, and thrown out as soon as there are others.
        let jealous = PlayedWebSocket { number, _, _ in
            .success(number == 1 ? Script(events: [(0, .text("hi")), (1, .closed(code: 1013, reason: ""))]) : script)
        }
        expect(
            try await Self.result(check, jealous),
            "1 of 20 connections are not as wanted, the first: while the other connections were opened the server")
    }
}
