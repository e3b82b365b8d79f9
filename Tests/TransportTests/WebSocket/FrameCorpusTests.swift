import NIOCore
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(2)))
struct FrameCorpusTests {
    /// What comes of bytes without any network, in pieces of these lengths.
    private struct Played: Hashable {
        var messages: [WebSocketMessage] = []
        var end: FrameCase.End?

        init(_ bytes: [UInt8], pieces: [Int]) {
            var frames = WebSocketFrameReader(maximumPayload: FrameCase.maximumMessageBytes)
            var assembly = WebSocketAssembly(maximumMessageBytes: FrameCase.maximumMessageBytes)
            var rest = bytes[...]
            for length in pieces + [bytes.count] where end == nil {
                frames.append(ByteBuffer(bytes: rest.prefix(length)))
                rest = rest.dropFirst(length)
                do throws(WebSocketViolation) {
                    while end == nil, let frame = try frames.next() {
                        switch try assembly.take(frame) {
                        case .message(let message): messages.append(message)
                        case .close(let code, let reason): end = .closed(code ?? 1005, reason)
                        case .ping, .pong, nil: continue
                        }
                    }
                } catch {
                    end = .violation(error.code)
                }
            }
        }

        init(_ frameCase: FrameCase) {
            messages = frameCase.messages
            end = frameCase.end == .closed(1006, "") ? nil : frameCase.end
        }

        private init() {}
    }

    @Test func `the corpus has at least 60 cases, each with a name of its own`() {
        #expect(FrameCase.corpus.count >= 60)
        #expect(Set(FrameCase.corpus.map(\.name)).count == FrameCase.corpus.count)
    }

    @Test(arguments: FrameCase.corpus)
    func `every split of the bytes means the same`(frameCase: FrameCase) {
        let expected = Played(frameCase)
        #expect(Played(frameCase.bytes, pieces: []) == expected)
        #expect(Played(frameCase.bytes, pieces: [Int](repeating: 1, count: frameCase.bytes.count)) == expected)
        for place in frameCase.bytes.indices.prefix(300) {
            #expect(Played(frameCase.bytes, pieces: [place]) == expected, "split at \(place)")
        }
    }

    /// A part can say less than the whole, and never something else.
    @Test(arguments: FrameCase.corpus)
    func `what is cut off at any place passes for nothing`(frameCase: FrameCase) {
        let expected = Played(frameCase)
        for length in frameCase.bytes.indices.prefix(300) {
            let played = Played(Array(frameCase.bytes.prefix(length)), pieces: [])
            #expect(played.end == nil || played.end == expected.end, "cut at \(length)")
            #expect(expected.messages.starts(with: played.messages), "cut at \(length)")
        }
    }

    @Test func `a client meets the whole corpus and ends each connection as it must`() async throws {
        let corpus = FrameCase.corpus
        let server = try await LoopbackServer.start { request in
            let index = Int(request.head.dropFirst(5).prefix { $0.isNumber }) ?? 0
            let bytes = Array(ServerFrames.accept(request).utf8) + corpus[index].bytes
            // A server that waits, unless the case is that it does not.
            if case .violation = corpus[index].end { return [.upgrade, .sendBytes(bytes)] }
            return [.upgrade, .sendBytes(bytes), .close]
        }
        for (index, frameCase) in corpus.enumerated() {
            let before = server.raw.count
            let connection = try await WebSocketClient.connect(
                WebSocketRequest(
                    "ws://127.0.0.1:\(server.port)/\(index)", maximumMessageBytes: FrameCase.maximumMessageBytes))
            for message in frameCase.messages {
                #expect(try await connection.receive(within: .seconds(5)) == message, "\(frameCase.name)")
            }
            switch frameCase.end {
            case .closed(let code, let reason):
                #expect(
                    try await connection.receive(within: .seconds(5)) == .closed(code: code, reason: reason),
                    "\(frameCase.name)")
            case .violation(let code):
                let error = await #expect(throws: WebSocketError.self, "\(frameCase.name)") {
                    try await connection.receive(within: .seconds(5))
                }
                guard case .protocolViolation(_, code) = error else {
                    Issue.record("\(frameCase.name): \(String(describing: error))")
                    continue
                }
                #expect(await eventually { server.openConnections == 0 }, "\(frameCase.name)")
                let frames = ServerFrames.decodeClient(Array(server.raw.dropFirst(before))) ?? []
                #expect(frames.last?.opcode == 8, "\(frameCase.name)")
                #expect(frames.last?.payload == [UInt8(code >> 8), UInt8(code & 0xFF)], "\(frameCase.name)")
            }
            #expect(await eventually { server.openConnections == 0 }, "\(frameCase.name)")
        }
    }
}
