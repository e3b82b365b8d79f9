import Configuration
import JSON
import Testing
import Verification

struct WebSocketCheckTests {
    static let http = FakeHTTP { _, _ in .failure(ProbeFailure(.other, "not used")) }

    static func result(_ check: String, _ webSocket: FakeWebSocket) async throws -> CheckResult {
        let run = try await SuiteRunnerTests.run(
            SuiteRunnerTests.head + "checks:\n  - id: w\n    ws: { path: /ws }\n" + check, http, webSocket)
        return run.results[0]
    }

    static func texts(_ texts: String...) -> FakeWebSocket { FakeWebSocket(messages: texts.map { .text($0) }) }

    @Test func `waits for the message that fits`() async throws {
        let check =
            "    script: [ { send: { json: { a: 1 } } }, { receive: { within: 1s, json: { $.type: echo } } } ]\n"
        let passed = try await Self.result(check, Self.texts(#"{"type":"hello"}"#, #"{"type":"echo"}"#))
        #expect(passed.status == .passed)
        #expect(passed.evidence.status == 101)
        #expect(passed.evidence.messages == 2)
        let failed = try await Self.result(check, Self.texts(#"{"type":"hello"}"#))
        #expect(failed.status == .failed)
        #expect(failed.summary?.contains("1 message and none that fits") == true)
    }

    @Test(
        arguments: [
            ([1, 2, 3], nil), ([1, 3, 2], "a gap: 3 after 1"), ([2, 1, 3], "out of order"),
            ([1, 2, 4], "a gap: 4 after 2"),
            ([1, 2], "2 of 3 messages"),
            ([2, 2, 3], "out of order"),
        ] as [([Int], String?)])
    func `order and gaps are seen`(_ numbers: [Int], _ words: String?) async throws {
        let check =
            "    script: [ { receive_ordered: { count: 3, key: $.seq, strictly: increasing, no_gaps: true } } ]\n"
        let messages = numbers.map { WebSocketMessage.text(#"{"seq":\#($0)}"#) }
        let result = try await Self.result(check, FakeWebSocket(messages: messages))
        #expect((result.status == .passed) == (words == nil))
        if let words { #expect(result.summary?.contains(words) == true, "\(result.summary ?? "")") }
    }

    @Test func `a close right after accept is seen even without a script`() async throws {
        let result = try await Self.result("", FakeWebSocket(messages: [.closed(code: 1011, reason: "boom")]))
        #expect(result.status == .failed)
        #expect(result.evidence.closeCode == 1011)
        #expect(result.summary?.contains("closed the connection with 1011, reason `boom`") == true)
        #expect(result.cause?.contains("exception") == true)
    }

    @Test func `a wanted refusal passes and another does not`() async throws {
        let refused = FakeWebSocket { _ in .refused(status: 403, headers: [], body: Array("denied".utf8)) }
        let check = "    expect: { upgrade: refused, status: 403 }\n"
        #expect(try await Self.result(check, refused).status == .passed)
        #expect(try await Self.result("    expect: { upgrade: refused, status: 401 }\n", refused).status == .failed)
        let unwanted = try await Self.result("", refused)
        #expect(unwanted.summary == "the upgrade was answered with 403, wanted 101: denied")
        #expect(unwanted.cause?.contains("before it accepted") == true)
        #expect(try await Self.result(check, Self.texts()).status == .failed)
    }

    @Test func `a wanted close passes by its code`() async throws {
        let check = "    expect: { closed: { code: 4001 } }\n"
        let closing = FakeWebSocket(messages: [.text("bye"), .closed(code: 4001, reason: "")])
        #expect(try await Self.result(check, closing).status == .passed)
        let other = FakeWebSocket(messages: [.closed(code: 1000, reason: "")])
        #expect(try await Self.result(check, other).summary == "the server closed with 1000, wanted 4001")
        #expect(try await Self.result(check, Self.texts()).status == .failed)
    }

    @Test func `another revision's handshake is a failure`() async throws {
        let other = FakeWebSocket(messages: [], headers: [HeaderField("x-revision", "r-1")])
        let result = try await Self.result("", other)
        #expect(result.summary == "revision `r-1` answered, wanted `r-2`")
    }

    @Test func `many connections are one check`() async throws {
        let check =
            "    script: [ { receive: { text: hi } } ]\n    connections: { count: 5, ramp: 1s, all_must: receive }\n"
        let result = try await Self.result(check, Self.texts("hi"))
        #expect(result.status == .passed)
        #expect(result.evidence.messages == 5)
    }

    @Test func `the scheme follows the target`() async throws {
        let open = FakeWebSocket { request in
            .refused(status: request.url == "ws://h/ws" ? 403 : 500, headers: [], body: [])
        }
        #expect(try await Self.result("    expect: { upgrade: refused, status: 403 }\n", open).status == .passed)
    }
}
