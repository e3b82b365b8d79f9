import NIOCore
import Testing

@testable import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Random streams of a server, whole and broken. `STAGECTL_FUZZ_SEED=N` repeats one that was printed.
@Suite(.timeLimit(.minutes(2)))
struct WebSocketFuzzTests {
    private static let rounds = 2000

    /// SplitMix64: the same numbers for the same seed, everywhere.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let seed =
        getenv("STAGECTL_FUZZ_SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 0 ... .max)

    private struct Played: Hashable {
        var events: [WebSocketAssembly.Event] = []
        var violation: WebSocketViolation?
    }

    private func play(_ bytes: [UInt8], _ nextLength: () -> Int) -> Played {
        var frames = WebSocketFrameReader(maximumPayload: 500)
        var assembly = WebSocketAssembly(maximumMessageBytes: 500)
        var played = Played()
        var rest = bytes[...]
        do throws(WebSocketViolation) {
            while !rest.isEmpty {
                let length = max(1, nextLength())
                frames.append(ByteBuffer(bytes: rest.prefix(length)))
                rest = rest.dropFirst(length)
                while let frame = try frames.next() {
                    if let event = try assembly.take(frame) { played.events.append(event) }
                }
            }
        } catch {
            played.violation = error
        }
        return played
    }

    private static let scalars: [Unicode.Scalar] = ["a", "\n", "é", "€", "\u{FFFF}", "😀", "\0", "\u{301}"]

    /// Right bytes, and what they mean.
    private func stream(_ random: inout Random) -> ([UInt8], [WebSocketAssembly.Event]) {
        var bytes: [UInt8] = []
        var events: [WebSocketAssembly.Event] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let isText = Bool.random(using: &random)
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...70, using: &random) {
                text.append(Self.scalars.randomElement(using: &random) ?? "a")
            }
            let payload =
                isText
                ? Array(String(text).utf8)
                : (0..<Int.random(in: 0...300, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            var rest = payload[...]
            var opcode: UInt8 = isText ? 1 : 2
            while true {
                let isLast = rest.isEmpty || Int.random(in: 0..<3, using: &random) == 0
                let part = isLast ? rest : rest.prefix(Int.random(in: 0...rest.count, using: &random))
                bytes += ServerFrames.frame(opcode, Array(part), fin: isLast)
                rest = rest.dropFirst(part.count)
                if isLast { break }
                opcode = 0
                if Bool.random(using: &random) {
                    let asked = [UInt8](repeating: 7, count: Int.random(in: 0...125, using: &random))
                    bytes += ServerFrames.frame(9, asked)
                    events.append(.ping(asked))
                }
            }
            events.append(.message(isText ? .text(String(text)) : .binary(payload)))
        }
        return (bytes, events)
    }

    @Test func `right streams come through whole, however they are cut`() {
        print("fuzz of WebSocket streams: STAGECTL_FUZZ_SEED=\(Self.seed) repeats it")
        var random = Random(state: Self.seed)
        for round in 0..<Self.rounds / 10 {
            let (bytes, events) = stream(&random)
            let played = play(bytes) { Int.random(in: 1...60, using: &random) }
            #expect(played == Played(events: events, violation: nil), "seed \(Self.seed) round \(round)")
        }
    }

    @Test func `broken streams end the same way however they are cut, and never otherwise than with a code`() {
        print("fuzz of broken WebSocket streams: STAGECTL_FUZZ_SEED=\(Self.seed) repeats it")
        var random = Random(state: Self.seed)
        for round in 0..<Self.rounds {
            var (bytes, _) = stream(&random)
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(.random(in: 0...255, using: &random), at: place)
                default: bytes.removeSubrange(place...)
                }
            }
            let whole = play(bytes) { bytes.count }
            let pieces = play(bytes) { Int.random(in: 1...20, using: &random) }
            #expect(whole == pieces, "seed \(Self.seed) round \(round)")
            if let code = whole.violation?.code { #expect([1002, 1007, 1009].contains(code)) }
        }
    }

    @Test func `broken answers to the handshake are taken for none, or for what they say`() throws {
        print("fuzz of handshakes: STAGECTL_FUZZ_SEED=\(Self.seed) repeats it")
        var random = Random(state: Self.seed)
        let url = try #require(URLParts("ws://127.0.0.1:1/"))
        let handshake = WebSocketHandshake(url: url, request: WebSocketRequest("ws://127.0.0.1:1/"), userAgent: "t")
        let accept = ServerFrames.acceptValue(handshake.key)
        let good = Array(
            "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n"
                .utf8)
        var upgraded = 0
        for round in 0..<Self.rounds {
            var bytes = good
            for _ in 0..<Int.random(in: 1...2, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = .random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(.random(in: 0...255, using: &random), at: place)
                }
            }
            var reader = UpgradeAnswerReader()
            reader.append(ByteBuffer(bytes: bytes))
            guard let answer = try? reader.next(), answer.status == 101, handshake.violation(in: answer) == nil else {
                continue
            }
            upgraded += 1
            // Only what does not matter was touched.
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.contains(accept), "seed \(Self.seed) round \(round)")
            #expect(text.lowercased().contains("websocket"), "seed \(Self.seed) round \(round)")
            #expect(text.hasPrefix("HTTP/1.1 101"), "seed \(Self.seed) round \(round)")
        }
        #expect(upgraded < Self.rounds)
    }
}
