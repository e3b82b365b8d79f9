import JSON
import Releases
import Testing

@testable import GoogleCloud

/// Tokens that say who we are to one service.
@Suite struct IdentityTokenTests {
    private static let audience = "https://backend-xyz.a.run.app"

    @Test(arguments: [
        CredentialKind.serviceAccountKey, .keyOfAnotherUniverse, .federatedImpersonating, .gitHubActions,
        .impersonatedByUser, .impersonatedByKey, .metadataServer,
    ])
    func `whoever can have one gets one, once for each audience`(kind: CredentialKind) async throws {
        let bench = try CredentialBench(kind)
        defer { bench.end() }
        let first = try await bench.credentials.identityToken(audience: Self.audience)
        #expect(SignedJWT.claims(of: first) != nil)
        let count = bench.server.requests.count
        #expect(try await bench.credentials.identityToken(audience: Self.audience) == first)
        #expect(bench.server.requests.count == count)
        #expect(try await bench.credentials.identityToken(audience: "https://other") != first)
        bench.advance(.seconds(3600))
        #expect(try await bench.credentials.identityToken(audience: Self.audience) != first)
    }

    @Test func `a key asks with the audience in its assertion`() async throws {
        let bench = try CredentialBench(.serviceAccountKey)
        defer { bench.end() }
        _ = try await bench.credentials.identityToken(audience: Self.audience)
        let claims = bench.server.requests.first?.form["assertion"].flatMap { SignedJWT.claims(of: $0) }
        #expect(
            claims == [
                "iss": .string(CredentialKind.email), "aud": "https://oauth2.googleapis.com/token",
                "target_audience": .string(Self.audience),
                "iat": .integer(CredentialBench.wallClock - 10), "exp": .integer(CredentialBench.wallClock + 3590),
            ])
    }

    @Test func `a key of another universe asks IAM with a token that it signed itself`() async throws {
        let bench = try CredentialBench(.keyOfAnotherUniverse)
        defer { bench.end() }
        _ = try await bench.credentials.identityToken(audience: Self.audience)
        let request = try #require(bench.server.requests.first)
        #expect(request.path == "/v1/projects/-/serviceAccounts/\(CredentialKind.email):generateIdToken")
        #expect(request.json == ["audience": .string(Self.audience), "includeEmail": true])
        let bearer = request.headers["authorization"]?.dropFirst("Bearer ".count)
        #expect(
            bearer.flatMap { SignedJWT.claims(of: String($0))?["scope"] } == "https://www.googleapis.com/auth/iam")
    }

    @Test func `an impersonated account's delegates are named`() async throws {
        let bench = try CredentialBench(.impersonatedByUser)
        defer { bench.end() }
        _ = try await bench.credentials.identityToken(audience: Self.audience)
        let request = try #require(bench.server.requests.last)
        #expect(
            request.path == "/v1/projects/-/serviceAccounts/target@p.iam.gserviceaccount.com:generateIdToken")
        #expect(
            request.json == [
                "audience": .string(Self.audience), "includeEmail": true,
                "delegates": ["projects/-/serviceAccounts/middle@p.iam.gserviceaccount.com"],
            ])
    }

    @Test func `the metadata server is asked for the full form`() async throws {
        let bench = try CredentialBench(.metadataServer)
        defer { bench.end() }
        _ = try await bench.credentials.identityToken(audience: "https://a.example/?x=1&y")
        #expect(
            bench.server.requests.last?.target
                == "/computeMetadata/v1/instance/service-accounts/default/identity"
                + "?audience=https%3A%2F%2Fa.example%2F%3Fx%3D1%26y&format=full")
    }

    @Test func `a user's token is used where the sign-in gives one`() async throws {
        let token = CredentialBench.identityToken([
            "exp": .integer(CredentialBench.wallClock + 3600), "iat": .integer(CredentialBench.wallClock),
        ])
        let bench = try CredentialBench(.user) { _ in
            .json(200, ["access_token": "a", "expires_in": 3600, "id_token": .string(token)])
        }
        defer { bench.end() }
        #expect(try await bench.credentials.identityToken(audience: Self.audience) == token)
    }

    @Test(arguments: [
        CredentialKind.user, .workforceUser, .accessToken, .federatedFile, .federatedURL, .federatedExecutable,
    ])
    func `who cannot have one is told what to do`(kind: CredentialKind) async throws {
        let bench = try CredentialBench(kind)
        defer { bench.end() }
        let refusal = try await failure {
            _ = try await bench.credentials.identityToken(audience: Self.audience)
        }
        #expect(refusal.category == .permission)
        #expect(refusal.summary.hasPrefix("no identity token: "))
        #expect(refusal.hint?.contains("impersonat") == true)
    }

    @Test(arguments: [CredentialKind.user, .accessToken, .federatedFile, .metadataServer])
    func `a named account gives them for everybody that may impersonate it`(kind: CredentialKind) async throws {
        let bench = try CredentialBench(
            kind, variables: ["STAGECTL_IDENTITY_ACCOUNT": "prober@p.iam.gserviceaccount.com"])
        defer { bench.end() }
        let token = try await bench.credentials.token() ?? ""
        _ = try await bench.credentials.identityToken(audience: Self.audience)
        let request = try #require(bench.server.requests.last)
        #expect(
            request.path == "/v1/projects/-/serviceAccounts/prober@p.iam.gserviceaccount.com:generateIdToken")
        #expect(request.headers["authorization"] == "Bearer " + token)
    }

    @Test(
        arguments: [
            ("iat and exp", 0, 3600, 3600), ("kept by the server for a while", -3000, 600, 600),
            ("our clock is an hour ahead", -7200, -3600, 3600), ("our clock is an hour behind", 3600, 7200, 3600),
        ] as [(String, Int64, Int64, Int64)])
    func `the end of an identity token holds whatever our clock says`(
        _ what: String, issued: Int64, end: Int64, lifetime: Int64
    ) {
        let now = CredentialBench.wallClock
        let text = CredentialBench.identityToken(["iat": .integer(now + issued), "exp": .integer(now + end)])
        #expect(IssuedToken(identity: text, now: now)?.lifetime == .seconds(lifetime), "\(what)")
    }

    @Test(arguments: ["", "a.b.c", "a.b", "e30.e30.e30", "x y.e30.z", CredentialBench.identityToken(["exp": "soon"])])
    func `what is no token with an end is refused`(text: String) {
        #expect(IssuedToken(identity: text, now: 0) == nil)
    }
}
