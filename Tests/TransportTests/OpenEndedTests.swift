import Testing

@testable import Transport

/// Answers that go on: when their parts came, and how they ended.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct OpenEndedTests {
    private func answer(
        _ peers: PythonPeers, _ path: String, timeout: Duration = .seconds(10), compressed: Bool = false
    ) async throws -> HTTPResponse {
        var request = HTTPRequest("GET", "http://127.0.0.1:\(peers.streams)\(path)", timeout: timeout)
        request.isOpenEnded = true
        request.acceptsCompression = compressed
        return try await HTTPClient().send(request)
    }

    private static let events = (1...3).map { "id: \($0)\ndata: {\"seq\":\($0)}\n\n" }.joined()

    @Test func `the parts of a body have their times`() async throws {
        try await PythonPeers.run { peers in
            let whole = try await answer(peers, "/events")
            #expect(String(decoding: whole.body, as: UTF8.self) == Self.events)
            #expect(!whole.isCut && !whole.isLost)
            #expect(whole.arrivals.map(\.bytes) == [23, 46, 69])
            let times = whole.arrivals.map(\.microseconds)
            #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 > 50_000 }, "\(times)")
        }
    }

    @Test func `what had come of an answer that stalls or is lost is there`() async throws {
        try await PythonPeers.run { peers in
            let stalled = try await answer(peers, "/stall", timeout: .seconds(1))
            #expect(stalled.isCut && !stalled.isLost)
            #expect(String(decoding: stalled.body, as: UTF8.self) == Self.events)
            let lost = try await answer(peers, "/lost")
            #expect(lost.isLost && !lost.isCut)
            #expect(String(decoding: lost.body, as: UTF8.self) == Self.events + "data: never whole")
        }
    }

    @Test func `gzip is asked for where that is wanted, and taken off`() async throws {
        try await PythonPeers.run { peers in
            let plain = try await answer(peers, "/gzip")
            #expect(plain.headers["content-encoding"] == nil)
            let compressed = try await answer(peers, "/gzip", compressed: true)
            #expect(compressed.headers["content-encoding"] == "gzip")
            #expect(String(decoding: compressed.body, as: UTF8.self) == Self.events)
        }
    }

    @Test func `a stream that stalls holds up nobody else`() async throws {
        try await PythonPeers.run { peers in
            let client = HTTPClient()
            let url = "http://127.0.0.1:\(peers.streams)"
            @Sendable func send(_ path: String, isOpenEnded: Bool) async throws -> HTTPResponse {
                var request = HTTPRequest("GET", url + path, timeout: .seconds(5))
                request.isOpenEnded = isOpenEnded
                return try await client.send(request)
            }
            let stalled = Task { try await send("/stall", isOpenEnded: true) }
            // Its connection is there, and no answer has ended yet.
            let stream = try await send("/events", isOpenEnded: true)
            let other = try await send("/events", isOpenEnded: false)
            #expect(stream.timings.total < 3_000_000 && other.timings.total < 3_000_000)
            stalled.cancel()
            _ = try? await stalled.value
        }
    }
}
