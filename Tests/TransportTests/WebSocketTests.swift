import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct WebSocketTests {
    private func connect(
        _ server: LoopbackServer, host: String = "127.0.0.1", subprotocols: [String] = [],
        maximumMessageBytes: Int = 1 << 20
    ) async throws -> WebSocketConnection {
        try await WebSocketClient.connect(
            WebSocketRequest(
                "ws://\(host):\(server.port)/ws?a=b", headers: .init([.init("Authorization", "Bearer t")]),
                subprotocols: subprotocols, maximumMessageBytes: maximumMessageBytes))
    }

    private func server(_ frames: [[UInt8]], extra: String = "", thenClose: Bool = false) async throws -> LoopbackServer
    {
        try await LoopbackServer.start { request in
            // In one write, so that the frames come with the 101.
            var bytes = Array(ServerFrames.accept(request, extra: extra).utf8)
            for frame in frames { bytes += frame }
            return [.upgrade, .sendBytes(bytes)] + (thenClose ? [.close] : [])
        }
    }

    private func clientFrames(_ server: LoopbackServer) throws -> [(opcode: UInt8, payload: [UInt8])] {
        try #require(ServerFrames.decodeClient(server.raw))
    }

    @Test(arguments: ["127.0.0.1", "localhost", "tag---svc.localhost"])
    func `messages go both ways`(host: String) async throws {
        let server = try await server([ServerFrames.text("héllo"), ServerFrames.frame(2, [0, 255])])
        let connection = try await connect(server, host: host)
        #expect(try await connection.receive(within: .seconds(5)) == .text("héllo"))
        #expect(try await connection.receive(within: .seconds(5)) == .binary([0, 255]))
        try await connection.send(text: "one")
        try await connection.send(binary: [2])
        #expect(await eventually { server.raw.count == 6 + 3 + 6 + 1 })
        #expect(try clientFrames(server).map(\.opcode) == [1, 2])
        #expect(try clientFrames(server).map(\.payload) == [Array("one".utf8), [2]])
        let request = try #require(server.requests.first)
        #expect(request.head.hasPrefix("GET /ws?a=b HTTP/1.1\r\n"))
        #expect(request.header("Host") == "\(host):\(server.port)")
        #expect(request.header("Authorization") == "Bearer t")
    }

    @Test func `fragments are one message, with pings between them answered`() async throws {
        let frames = [
            ServerFrames.text("a", fin: false), ServerFrames.frame(9, [42]), ServerFrames.frame(0, [98], fin: false),
            ServerFrames.frame(0, []),
        ]
        let server = try await server(frames)
        let connection = try await connect(server)
        #expect(try await connection.receive(within: .seconds(5)) == .text("ab"))
        #expect(await eventually { server.raw.count == 7 })
        #expect(try clientFrames(server).map(\.opcode) == [10])
        #expect(try clientFrames(server).first?.payload == [42])
    }

    @Test func `a close in the packet of the 101 is received with its reason, and answered`() async throws {
        let server = try await server([ServerFrames.text("last"), ServerFrames.close(1011, "database is gone")])
        let connection = try await connect(server)
        #expect(try await connection.receive(within: .seconds(5)) == .text("last"))
        for _ in 0..<2 {
            #expect(
                try await connection.receive(within: .seconds(5)) == .closed(code: 1011, reason: "database is gone"))
        }
        await #expect(throws: WebSocketError.closed) { try await connection.send(text: "too late") }
        #expect(await eventually { server.openConnections == 0 })
        #expect(try clientFrames(server).map(\.payload) == [[0x03, 0xF3]])
    }

    @Test func `an end without a close frame is 1006, a close frame without a code 1005`() async throws {
        let lost = try await server([], thenClose: true)
        let first = try await connect(lost)
        #expect(try await first.receive(within: .seconds(5)) == .closed(code: 1006, reason: ""))
        let silent = try await server([ServerFrames.frame(8, [])])
        let second = try await connect(silent)
        #expect(try await second.receive(within: .seconds(5)) == .closed(code: 1005, reason: ""))
    }

    @Test(arguments: [
        ("masked", ServerFrames.frame(1, [97], mask: [1, 2, 3, 4]), UInt16(1002)),
        ("reserved bit", [0xC1, 1, 97], 1002), ("reserved opcode", ServerFrames.frame(3, []), 1002),
        ("fragment of nothing", ServerFrames.frame(0, [97]), 1002),
        ("message in message", ServerFrames.text("a", fin: false) + ServerFrames.text("b"), 1002),
        ("long ping", ServerFrames.frame(9, [UInt8](repeating: 0, count: 126)), 1002),
        ("fragmented ping", ServerFrames.frame(9, [], fin: false), 1002),
        ("half a code", ServerFrames.frame(8, [3]), 1002), ("no close code", ServerFrames.close(1005, ""), 1002),
        ("not UTF-8", ServerFrames.frame(1, [0xFF]), 1007),
        ("too large", ServerFrames.frame(2, [UInt8](repeating: 0, count: 1001)), 1009),
        (
            "too large in fragments",
            ServerFrames.frame(2, [UInt8](repeating: 0, count: 600), fin: false)
                + ServerFrames.frame(0, [UInt8](repeating: 0, count: 600)), 1009
        ),
    ])
    func `a violation ends the connection with its code`(name: String, frame: [UInt8], code: UInt16) async throws {
        let server = try await server([frame])
        let connection = try await connect(server, maximumMessageBytes: 1000)
        let error = await #expect(throws: WebSocketError.self) { try await connection.receive(within: .seconds(5)) }
        guard case .protocolViolation = error else {
            Issue.record("\(name): \(String(describing: error))")
            return
        }
        #expect(await eventually { server.openConnections == 0 })
        #expect(try clientFrames(server).map(\.payload) == [[UInt8(code >> 8), UInt8(code & 0xFF)]])
    }

    @Test func `a server that floods is not read further than is received`() async throws {
        // Three times what is kept for a caller who does not come.
        let payload = [UInt8](repeating: 1, count: 100_000)
        let server = try await server([[UInt8]](repeating: ServerFrames.frame(2, payload), count: 120))
        let connection = try await connect(server, maximumMessageBytes: 100_000)
        for _ in 0..<120 {
            #expect(try await connection.receive(within: .seconds(5)) == .binary(payload))
        }
    }

    @Test func `waiting has a limit and can be cancelled`() async throws {
        let server = try await server([])
        let connection = try await connect(server)
        await #expect(throws: WebSocketError.timedOut) { try await connection.receive(within: .milliseconds(20)) }
        let task = Task { try await connection.receive(within: .seconds(60)) }
        task.cancel()
        await #expect(throws: WebSocketError.cancelled) { try await task.value }
    }

    @Test func `closing sends the code and the reason, cut to what fits`() async throws {
        let server = try await server([])
        let connection = try await connect(server)
        await connection.close(code: 1001, reason: String(repeating: "é", count: 100))
        let frame = try #require(try clientFrames(server).first)
        #expect(frame.opcode == 8)
        #expect(frame.payload == [0x03, 0xE9] + Array(String(repeating: "é", count: 61).utf8))
        #expect(await eventually { server.openConnections == 0 })
    }

    @Test func `the chosen subprotocol is one that was offered`() async throws {
        let good = try await server([], extra: "Sec-WebSocket-Protocol: v2\r\n")
        #expect(try await connect(good, subprotocols: ["v1", "v2"]).subprotocol == "v2")
        #expect(good.requests.first?.header("Sec-WebSocket-Protocol") == "v1, v2")
        let bad = try await server([], extra: "Sec-WebSocket-Protocol: v3\r\n")
        await #expect(throws: WebSocketError.self) { try await connect(bad, subprotocols: ["v1"]) }
        #expect(await eventually { bad.openConnections == 0 })
    }

    @Test func `a connection that nobody holds is closed`() async throws {
        let server = try await server([])
        _ = try await connect(server)
        #expect(await eventually { server.openConnections == 0 })
    }
}
