import JSON
import Releases
import Synchronization
import Testing
import Transport

@testable import GoogleCloud

/// Every kind of credentials in everything that can become of it.
@Suite struct CredentialKindTests {
    @Test(arguments: CredentialKind.allCases)
    func `each kind gives a token, once for many requests`(kind: CredentialKind) async throws {
        let bench = try CredentialBench(kind)
        defer { bench.end() }
        let first = try await bench.credentials.token()
        #expect(first == (try await bench.credentials.token()))
        #expect(first?.isEmpty == false)
        #expect(bench.server.requests.count == kind.requestCount)
        if !kind.lastPath.isEmpty { #expect(bench.paths.last == kind.lastPath) }
    }

    @Test(arguments: CredentialKind.remote)
    func `a token is renewed shortly before its end, not earlier`(kind: CredentialKind) async throws {
        let bench = try CredentialBench(kind)
        defer { bench.end() }
        let first = try await bench.credentials.token()
        bench.advance(.seconds(3600 - 226))
        #expect(try await bench.credentials.token() == first)
        bench.advance(.seconds(2))
        #expect(try await bench.credentials.token() != first)
        // The metadata server is not looked for again, and a source's own tokens have ended too.
        #expect(bench.paths.last == kind.lastPath)
    }

    @Test(arguments: CredentialKind.remote)
    func `a token that the API did not take is not used again`(kind: CredentialKind) async throws {
        let bench = try CredentialBench(kind)
        defer { bench.end() }
        let first = try #require(try await bench.credentials.token())
        await bench.credentials.forget(first)
        let second = try await bench.credentials.token()
        #expect(second != first)
        // Somebody else noticed the same a little later.
        await bench.credentials.forget(first)
        #expect(try await bench.credentials.token() == second)
    }

    @Test(arguments: CredentialKind.remote)
    func `a refusal is told in Google's words, without what was sent`(kind: CredentialKind) async throws {
        let bench = try CredentialBench(kind) { request in
            guard request.path == kind.lastPath else { return nil }
            // A server that says back all that it was sent.
            let echo = request.form.values.joined(separator: " ") + " " + request.headers.values.joined(separator: " ")
            if kind.lastPath.hasSuffix("Token"), request.json != nil {
                return .json(
                    403,
                    [
                        "error": [
                            "code": 403, "status": "PERMISSION_DENIED",
                            "message": .string("Permission 'iam.serviceAccounts.getAccessToken' denied. " + echo),
                        ]
                    ])
            }
            if kind == .metadataServer { return .answer(404, "The account is not there", headers: PlayedGoogle.flavor) }
            return .json(
                kind == .workforceUser ? 401 : 400,
                [
                    "error": kind == .workforceUser ? "invalid_client" : "invalid_grant",
                    "error_description": .string("Bad Request. " + echo),
                ])
        }
        defer { bench.end() }
        let refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.category == .permission)
        #expect(refusal.hint?.isEmpty == false)
        if kind != .metadataServer {
            #expect(refusal.summary.contains("Bad Request") || refusal.summary.contains("getAccessToken"))
            #expect(refusal.details.contains { $0.label == "answer" && $0.value.contains("_") })
        }
        #expect(refusal.details.contains { $0.label == "credentials" })
        expectNoSecret(in: refusal, bench)
        // A refusal is an answer: it is not asked again.
        #expect(bench.paths.count { $0 == kind.lastPath } == 1)
    }

    @Test(arguments: CredentialKind.remote, ["{\"access_token\":", "[]", "{\"access_token\":7}", "<html>", ""])
    func `an answer that is no token is not taken for one`(kind: CredentialKind, body: String) async throws {
        let bench = try CredentialBench(kind) { request in
            request.path == kind.lastPath ? .answer(200, body, headers: PlayedGoogle.flavor) : nil
        }
        defer { bench.end() }
        let refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.category == .permission)
        #expect(refusal.summary.contains("failed: "))
        expectNoSecret(in: refusal, bench)
    }

    @Test(arguments: CredentialKind.remote)
    func `a server in trouble is asked again, and named when it stays so`(kind: CredentialKind) async throws {
        let bench = try CredentialBench(kind) { request in
            request.path == kind.lastPath ? .answer(503, "ya29." + CredentialKind.canary) : nil
        }
        defer { bench.end() }
        let refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.category == .unavailable)
        #expect(bench.paths.count { $0 == kind.lastPath } == 3)
        expectNoSecret(in: refusal, bench)
    }

    @Test(arguments: CredentialKind.remote)
    func `a server that hangs up, or keeps silent, is named`(kind: CredentialKind) async throws {
        for reply in [TokenServer.Reply.hangUp, .silence] {
            let bench = try CredentialBench(kind, timeout: .milliseconds(500)) { request in
                request.path == kind.lastPath ? reply : nil
            }
            defer { bench.end() }
            let refusal = try await failure { _ = try await bench.credentials.token() }
            #expect(refusal.category == .unavailable)
            #expect(refusal.summary.contains("127.0.0.1"))
            #expect(bench.paths.count { $0 == kind.lastPath } == 3)
            expectNoSecret(in: refusal, bench)
        }
    }

    @Test(arguments: CredentialKind.remote.filter { $0 != .metadataServer })
    func `a server that is not there is named`(kind: CredentialKind) async throws {
        let bench = try CredentialBench(kind)
        bench.server.stop()
        defer { bench.end() }
        let refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.category == .unavailable)
        #expect(refusal.summary.contains("127.0.0.1"))
        expectNoSecret(in: refusal, bench)
    }

    @Test func `trouble that passes is not even told`() async throws {
        let bench = try CredentialBench(.user) { [count = Counter()] _ in
            switch count.next() {
            case 1: .answer(429, "", headers: ["Retry-After": "0"])
            case 2: .hangUp
            default: nil
            }
        }
        defer { bench.end() }
        #expect(try await bench.credentials.token() == "ya29.token-1")
        #expect(bench.paths == ["/token", "/token", "/token"])
    }

    @Test func `a source's token that is not taken any more is renewed once`() async throws {
        let bench = try CredentialBench(.impersonatedByUser) { [count = Counter()] request in
            request.path.hasSuffix("generateIdToken") && count.next() == 1 ? .answer(401, "{}") : nil
        }
        defer { bench.end() }
        _ = try await bench.credentials.token()
        _ = try await bench.credentials.identityToken(audience: "https://backend.example")
        let words = bench.paths.map { $0.split(separator: ":").last.map(String.init) ?? "" }
        #expect(words == ["/token", "generateAccessToken", "generateIdToken", "/token", "generateIdToken"])
    }

    /// Nor in what anything says about itself.
    private func expectNoSecret(in failure: Failure, _ bench: CredentialBench) {
        var dumped = ""
        dump(bench.credentials, to: &dumped)
        for text in ["\(failure)", String(reflecting: failure), dumped, "\(bench.surroundings)"] {
            #expect(!text.contains("PRIVATE KEY"))
            #expect(!text.contains("ya29."))
            #expect(!text.contains(CredentialKind.canary), "\(text)")
        }
    }
}

/// Counts calls from any thread.
final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
