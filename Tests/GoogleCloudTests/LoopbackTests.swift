import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

/// The client over real sockets and libcurl.
@Suite struct LoopbackTests {
    private func client(_ base: String) -> CloudRunClient {
        CloudRunClient(
            endpoints: GoogleEndpoints(all: base), tokens: FixedToken(value: "secret"),
            identities: IdentityTokens(
                base: base, account: "a@b", tokens: FixedToken(value: "secret"), http: HTTPClient()),
            retry: RetryPolicy(firstDelay: .milliseconds(1), longestDelay: .milliseconds(4)))
    }

    @Test func `a change travels as JSON with its token`() async throws {
        let server = try LoopbackServer([
            .answer(status: 200, body: operation(["metadata": ["generation": "2"]]).serialized())
        ])
        defer { server.stop() }
        let change = ServiceChange(annotations: ["a": "ü"], etag: "e", generation: 1)
        let name = try await client(server.base).update(backend, change: change)
        #expect(name.value.hasSuffix("op-1"))
        let requests = server.requests
        try #require(requests.count == 1)
        #expect(requests[0].hasPrefix("PATCH \(backendPath)?updateMask=annotations HTTP/1.1\r\n"))
        #expect(requests[0].contains("Authorization: Bearer secret\r\n"))
        #expect(requests[0].contains("Content-Type: application/json"))
        #expect(requests[0].hasSuffix(ServiceEncoding.update(change, of: backend).body.serialized()))
    }

    @Test func `a read survives a server that hangs up`() async throws {
        let missing = statusError(404, "NOT_FOUND", "no such service").serialized()
        let server = try LoopbackServer([.hangUp, .answer(status: 503, body: ""), .answer(status: 404, body: missing)])
        defer { server.stop() }
        #expect(try await client(server.base).observe(backend) == nil)
        #expect(server.requests.count == 3)
    }

    @Test func `a write whose answer is lost may have happened`() async throws {
        let server = try LoopbackServer([.hangUp])
        defer { server.stop() }
        let refusal = try await failure {
            _ = try await client(server.base).create(backend, change: ServiceChange(template: fullTemplate))
        }
        #expect(refusal.category == .unavailable)
        #expect(refusal.mayHaveHappened)
        #expect(server.requests.count == 1)
    }

    @Test func `a server that is not there has seen nothing`() async throws {
        let server = try LoopbackServer([.hangUp])
        let base = server.base
        server.stop()
        let refusal = try await failure {
            _ = try await client(base).create(backend, change: ServiceChange(template: fullTemplate))
        }
        #expect(refusal.category == .unavailable)
        #expect(refusal.summary.hasPrefix("creating service `backend` failed"))
        #expect(server.requests.isEmpty)
        #expect(!refusal.mayHaveHappened)
    }
}
