import NIOCore
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(2)))
struct HandshakeCorpusTests {
    /// For a server that says nothing; everything else is told long before.
    private static let deadline = Duration.milliseconds(1500)

    /// The answer as bytes: `\u{E9}` and the like are single bytes, as in ISO 8859-1.
    private static func bytes(_ handshake: HandshakeCase, _ request: LoopbackServer.Request) -> [UInt8] {
        let accept = ServerFrames.acceptValue(request.header("Sec-WebSocket-Key") ?? "")
        let text = handshake.answer.replacing("ACCEPT", with: accept).replacing("LOWERED", with: accept.lowercased())
            .replacing("KEY", with: request.header("Sec-WebSocket-Key") ?? "")
        return text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    private func outcome(_ url: String) async -> HandshakeCase.End {
        do throws(WebSocketError) {
            let connection = try await WebSocketClient.connect(
                WebSocketRequest(url, subprotocols: ["v1", "v2"], connectTimeout: Self.deadline))
            await connection.drop()
            return .upgraded
        } catch {
            switch error {
            case .protocolViolation(_, nil): return .violation
            case .refused(let status, _, let body): return .refused(status, String(decoding: body, as: UTF8.self))
            default: return .noAnswer
            }
        }
    }

    @Test func `a client meets every answer in one piece, and in pieces of one byte`() async throws {
        #expect(HandshakeCase.corpus.count >= 60)
        let corpus = HandshakeCase.corpus
        let server = try await LoopbackServer.start { request in
            let index = Int(request.head.dropFirst(5).prefix { $0.isNumber }) ?? 0
            let bytes = Self.bytes(corpus[index], request)
            let isInPieces = request.head.hasPrefix("GET /\(index)/pieces") && bytes.count < 2000
            return (isInPieces ? bytes.map { .sendBytes([$0]) } : [.sendBytes(bytes)])
                + (corpus[index].thenClose ? [.close] : [])
        }
        let clock = ContinuousClock()
        for (index, handshake) in corpus.enumerated() {
            for way in ["", "/pieces"] {
                let start = clock.now
                let end = await outcome("ws://127.0.0.1:\(server.port)/\(index)\(way)")
                #expect(end == handshake.end, "\(handshake.name)\(way)")
                let isSilent = handshake.end == .noAnswer && !handshake.thenClose
                if !isSilent { #expect(clock.now - start < Self.deadline, "\(handshake.name)\(way)") }
                #expect(await eventually { server.openConnections == 0 }, "\(handshake.name)\(way)")
            }
        }
    }

    /// What is no whole answer is none: no upgrade comes of a part.
    @Test func `an answer that is cut off at any place is no upgrade`() async throws {
        let whole = try #require(HandshakeCase.corpus.first).answer.utf8.count + 28 - 6
        let server = try await LoopbackServer.start { request in
            let length = Int(request.head.dropFirst(5).prefix { $0.isNumber }) ?? 0
            return [.sendBytes(Array(ServerFrames.accept(request).utf8.prefix(length))), .close]
        }
        for length in 0..<whole {
            let end = await outcome("ws://127.0.0.1:\(server.port)/\(length)")
            #expect(end == (length == 0 ? .noAnswer : .violation), "cut at \(length)")
        }
        #expect(await outcome("ws://127.0.0.1:\(server.port)/\(whole)") == .upgraded)
    }

    @Test(arguments: ["Upgrade", "connection", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Content-Length"])
    func `a field that the handshake is made of is not taken from a suite`(name: String) async {
        await #expect(throws: WebSocketError.invalidURL(reason: "header `\(name)` is the handshake's own")) {
            try await WebSocketClient.connect(
                WebSocketRequest("ws://127.0.0.1:1/", headers: HTTPHeaders([.init(name, "x")])))
        }
    }
}
