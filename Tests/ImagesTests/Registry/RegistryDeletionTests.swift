import Crypto
import Releases
import Synchronization
import Testing
import Transport

@testable import Images

/// What is sent to make an image go, and what is made of the answers: of Google's registries, of Docker's own, and of one
/// that deletes nothing.
@Suite struct RegistryDeletionTests {
    static let digest = "sha256:" + String(repeating: "a", count: 64)

    private func ask(
        _ image: String = "reg.example.com/shop/backend@\(digest)",
        _ answer: @escaping @Sendable (HTTPRequest) -> (status: Int, body: String)
    ) async throws -> (asked: [String], isDeleted: Bool) {
        let seen = Mutex<[String]>([])
        let client = RegistryAccess(logins: RegistryLogins(shortLived: ScriptedLogins()) { _ in nil }) {
            request throws(TransportError) in
            seen.withLock { $0.append("\(request.method) \(request.url.split(separator: "/v2/").last ?? "")") }
            let answer = answer(request)
            return HTTPResponse(status: answer.status, headers: HTTPHeaders(), body: Array(answer.body.utf8))
        }.client
        let isDeleted = try await client.delete(try #require(RegistryAddress(image)))
        return (seen.withLock { $0 }, isDeleted)
    }

    @Test func `a manifest goes by its digest`() async throws {
        let (asked, isDeleted) = try await ask { request in
            request.method == "GET" ? (200, #"{"name":"shop/backend","tags":["v1"]}"#) : (202, "")
        }
        #expect(isDeleted)
        #expect(asked == ["GET shop/backend/tags/list", "DELETE shop/backend/manifests/\(Self.digest)"])
    }

    @Test func `where a registry tells which tags stand for it, those go first, and no others`() async throws {
        let (asked, _) = try await ask { request in
            request.method == "GET"
                ? (200, #"{"manifest":{"\#(Self.digest)":{"tag":["s-1","s-2","../x"]},"sha256:b":{"tag":["s-3"]}}}"#)
                : (202, "")
        }
        #expect(
            asked.dropFirst() == [
                "DELETE shop/backend/manifests/s-1", "DELETE shop/backend/manifests/s-2",
                "DELETE shop/backend/manifests/\(Self.digest)",
            ])
    }

    @Test func `what is gone already is no failure`() async throws {
        let (_, isDeleted) = try await ask { _ in (404, "") }
        #expect(!isDeleted)
    }

    @Test(arguments: [
        (405, Failure.Category.release, "deletes no images"), (403, .permission, "does not let you delete"),
        (500, .unavailable, "status 500"),
    ])
    func `a registry that says no is understood`(_ status: Int, _ category: Failure.Category, _ words: String)
        async throws
    {
        do {
            _ = try await ask { $0.method == "GET" ? (200, "{}") : (status, "") }
            Issue.record("nothing was thrown")
        } catch let failure as Failure {
            #expect(failure.category == category && failure.summary.contains(words))
        }
    }

    @Test func `a name without a digest is never deleted`() async throws {
        await #expect(throws: Failure.self) {
            try await ask("reg.example.com/shop/backend:latest") { _ in (202, "") }
        }
    }
}
