import Releases
import Testing

@testable import GoogleCloud

@Suite struct BucketCreationTests {
    @Test(arguments: [LoopbackServer.Reply.hangUp, .answer(status: 503, body: "{}")])
    func `a bucket whose creation was not answered and that nobody sees is a doubt, not somebody else's`(
        reply: LoopbackServer.Reply
    ) async throws {
        let server = try LoopbackServer([.answer(status: 404, body: "{}"), reply, .answer(status: 200, body: "{}")])
        defer { server.stop() }
        let told = try await failure { try await storage(server.base).ensureBucket("b", of: "p") }
        #expect(told.category == .unavailable && told.mayHaveHappened)
        #expect(server.received.map(\.method) == ["GET", "POST", "GET"])
    }

    @Test func `a list that cannot be understood does not make a bucket somebody else's`() async throws {
        let server = try LoopbackServer([
            .answer(status: 200, body: "{}"), .answer(status: 200, body: #"{"items": "all"}"#),
        ])
        defer { server.stop() }
        let told = try await failure { try await storage(server.base).ensureBucket("b", of: "p") }
        #expect(told.category == .unavailable)
    }
}
