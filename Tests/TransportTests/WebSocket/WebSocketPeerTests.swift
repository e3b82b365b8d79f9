import Testing

@testable import Transport

/// The client against servers that others wrote: PyPI's `websockets` and `wsproto`.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct WebSocketPeerTests {
    private static let smile = "😀"

    private func connect(
        _ port: Int, _ path: String, subprotocols: [String] = [], headers: [HTTPHeaders.Field] = [],
        maximumMessageBytes: Int = 4 << 20
    ) async throws -> WebSocketConnection {
        try await WebSocketClient.connect(
            WebSocketRequest(
                "ws://127.0.0.1:\(port)\(path)", headers: HTTPHeaders(headers), subprotocols: subprotocols,
                maximumMessageBytes: maximumMessageBytes))
    }

    private func next(_ connection: WebSocketConnection) async throws -> WebSocketMessage {
        try await connection.receive(within: .seconds(10))
    }

    @Test func `text, binary, nothing and much come back from both`() async throws {
        try await PythonPeers.run { peers in
            for port in [peers.websockets, peers.wsproto] {
                let connection = try await connect(port, "/echo")
                for text in [
                    "", "a", Self.smile, String(repeating: "é", count: 63), String(repeating: "x", count: 70_000),
                ] {
                    try await connection.send(text: text)
                    #expect(try await next(connection) == .text(text))
                }
                for count in [0, 1, 125, 126, 65_535, 65_536, 300_000] {
                    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
                    try await connection.send(binary: bytes)
                    #expect(try await next(connection) == .binary(bytes))
                }
                #expect(await connection.close() == 1000)
            }
        }
    }

    @Test func `fragments, with control frames and halves of characters between them, are one message`() async throws {
        try await PythonPeers.run { peers in
            let library = try await connect(peers.websockets, "/fragments")
            #expect(try await next(library) == .text("hello \(Self.smile)"))
            #expect(try await next(library) == .binary([0, 255]))
            let byHand = try await connect(peers.wsproto, "/between")
            #expect(try await next(byHand) == .text(Self.smile))
            // Both pings were answered, in their order.
            #expect(try await next(byHand) == .text("pong 1 pong 2"))
        }
    }

    @Test func `pings are answered, and asked`() async throws {
        try await PythonPeers.run { peers in
            let asked = try await connect(peers.websockets, "/ping")
            #expect(try await next(asked) == .text("pong came"))
            for port in [peers.websockets, peers.wsproto] {
                let connection = try await connect(port, "/echo")
                for _ in 0..<3 { #expect(try await connection.ping(within: .seconds(5)) < .seconds(5)) }
                try await connection.send(text: "still here")
                #expect(try await next(connection) == .text("still here"))
            }
        }
    }

    @Test func `messages of a megabyte come whole, and too large ones end the connection with 1009`() async throws {
        try await PythonPeers.run { peers in
            let connection = try await connect(peers.websockets, "/big")
            #expect(try await next(connection) == .text(String(repeating: "é", count: 400_000)))
            guard case .binary(let bytes) = try await next(connection) else { return #expect(Bool(false)) }
            #expect(bytes.count == 768_000)
            try await connection.send(text: String(repeating: "a", count: 1_000_000))
            #expect(try await next(connection) == .text("1000000"))
            let narrow = try await connect(peers.websockets, "/big", maximumMessageBytes: 1000)
            await #expect(
                throws: WebSocketError.protocolViolation(reason: "a message is larger than 1000 bytes", code: 1009)
            ) { try await next(narrow) }
        }
    }

    @Test(arguments: [1000, 1001, 1008, 1011, 1013, 3000, 4001, 4999] as [UInt16])
    func `the server's close comes with its code and reason`(code: UInt16) async throws {
        try await PythonPeers.run { peers in
            let connection = try await connect(peers.websockets, "/close/\(code)")
            #expect(try await next(connection) == .closed(code: code, reason: "because \(Self.smile)"))
        }
    }

    @Test func `a handler that raises is 1011, no code is 1005, a dropped connection 1006`() async throws {
        try await PythonPeers.run { peers in
            guard case .closed(1011, _) = try await next(try await connect(peers.websockets, "/raise")) else {
                return #expect(Bool(false), "not 1011")
            }
            let silent = try await connect(peers.wsproto, "/close-without-code")
            #expect(try await next(silent) == .closed(code: 1005, reason: ""))
            let dropped = try await connect(peers.wsproto, "/drop")
            #expect(try await next(dropped) == .closed(code: 1006, reason: ""))
        }
    }

    @Test func `the server sees this side's close with code and reason, and a drop as none`() async throws {
        try await PythonPeers.run { peers in
            let closed = try await connect(peers.websockets, "/how-did-it-end")
            #expect(await closed.close(code: 4002, reason: "enough \(Self.smile)") == 4002)
            let dropped = try await connect(peers.websockets, "/how-did-it-end")
            await dropped.drop()
            var ends = WebSocketMessage.text("")
            let wanted = WebSocketMessage.text(#"[[4002, "enough \ud83d\ude00"], [1006, ""]]"#)
            for _ in 0..<100 where ends != wanted {
                ends = try await next(try await connect(peers.websockets, "/ends"))
            }
            #expect(ends == wanted)
        }
    }

    @Test func `subprotocols are chosen from what was offered`() async throws {
        try await PythonPeers.run { peers in
            let offered = ["chat.v1", "chat.v2"]
            #expect(try await connect(peers.websockets, "/echo", subprotocols: offered).subprotocol == "chat.v2")
            #expect(try await connect(peers.wsproto, "/echo", subprotocols: offered).subprotocol == "chat.v2")
            #expect(try await connect(peers.wsproto, "/echo").subprotocol == nil)
            let accepted = try await connect(peers.wsproto, "/echo")
            #expect(accepted.headers["x-peer"] == "wsproto")
            #expect(accepted.remoteAddress == "127.0.0.1:\(peers.wsproto)")
            #expect(accepted.timings.total > .zero)
        }
    }

    @Test func `compression is not offered; where a suite offers it, a server that takes it is told of`() async throws {
        try await PythonPeers.run { peers in
            let plain = try await connect(peers.websockets, "/extensions")
            #expect(try await next(plain) == .text("[]"))
            let offer = [HTTPHeaders.Field("Sec-WebSocket-Extensions", "permessage-deflate")]
            await #expect(throws: WebSocketError.self) {
                do {
                    _ = try await connect(peers.websockets, "/echo", headers: offer)
                } catch WebSocketError.protocolViolation(let reason, nil) {
                    #expect(reason.contains("the extension `permessage-deflate"))
                    throw WebSocketError.protocolViolation(reason: reason)
                }
            }
            // A server without extensions refuses the offer by its silence.
            let refused = try await connect(peers.wsproto, "/echo", headers: offer)
            try await refused.send(text: "plain")
            #expect(try await next(refused) == .text("plain"))
            let insisting = try await connect(peers.wsproto, "/insists-on-deflate")
            await #expect(
                throws: WebSocketError.protocolViolation(reason: "a frame has a reserved bit set", code: 1002)
            ) { try await next(insisting) }
        }
    }

    @Test func `refusals come with status, headers and body`() async throws {
        try await PythonPeers.run { peers in
            for (port, path, status, header, body) in [
                (peers.websockets, "/denied", 403, ("x-reason", "token"), "not for you\n"),
                (peers.wsproto, "/refused", 429, ("retry-after", "7"), "too many"),
            ] {
                do {
                    _ = try await connect(port, path)
                    Issue.record("\(path) was accepted")
                } catch WebSocketError.refused(let seen, let headers, let bytes) {
                    #expect(seen == status)
                    #expect(headers[header.0] == header.1)
                    #expect(String(decoding: bytes, as: UTF8.self) == body)
                }
            }
        }
    }

    @Test func `two hundred connections at once speak and end`() async throws {
        try await PythonPeers.run { peers in
            let ends = try await withThrowingTaskGroup(of: UInt16.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let connection = try await connect(peers.websockets, "/echo")
                        try await connection.send(text: "\(number)")
                        #expect(try await next(connection) == .text("\(number)"))
                        return await connection.close()
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ends == [UInt16](repeating: 1000, count: 200))
        }
    }
}
