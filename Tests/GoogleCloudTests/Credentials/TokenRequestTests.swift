import Crypto
import CryptoExtras
import Foundation
import JSON
import Releases
import Synchronization
import Testing
import Transport

@testable import GoogleCloud

/// What is sent for a token, field by field.
@Suite struct TokenRequestTests {
    private static let tokenType = "urn:ietf:params:oauth:token-type:"

    @Test func `a key signs an assertion that the endpoint's own key holder would accept`() async throws {
        let bench = try CredentialBench(.serviceAccountKey)
        defer { bench.end() }
        _ = try await bench.credentials.token()
        let form = try #require(bench.server.requests.first).form
        #expect(form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer")
        let assertion = try #require(form["assertion"])
        let claims = try #require(SignedJWT.claims(of: assertion))
        #expect(
            claims == [
                "iss": .string(CredentialKind.email), "aud": "https://oauth2.googleapis.com/token",
                "scope": "https://www.googleapis.com/auth/cloud-platform",
                "iat": .integer(CredentialBench.wallClock - 10), "exp": .integer(CredentialBench.wallClock + 3590),
            ])
        try expectSigned(assertion)
    }

    @Test func `in another universe the signed token is the access token`() async throws {
        let bench = try CredentialBench(.keyOfAnotherUniverse)
        defer { bench.end() }
        let token = try #require(try await bench.credentials.token())
        #expect(
            SignedJWT.claims(of: token) == [
                "iss": .string(CredentialKind.email), "sub": .string(CredentialKind.email),
                "scope": "https://www.googleapis.com/auth/cloud-platform",
                "iat": .integer(CredentialBench.wallClock - 10), "exp": .integer(CredentialBench.wallClock + 3590),
            ])
        try expectSigned(token)
        #expect(bench.server.requests.isEmpty)
        #expect(await bench.credentials.universeDomain() == "example.goog")
        #expect(GoogleEndpoints(universeDomain: "example.goog").run == "https://run.example.goog")
    }

    /// The key may only sign what its own header says.
    private func expectSigned(_ token: String) throws {
        let parts = token.split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        func bytes(_ text: String) -> Data? {
            var text = text.replacing("-", with: "+").replacing("_", with: "/")
            while text.count % 4 != 0 { text += "=" }
            return Data(base64Encoded: text)
        }
        let header = try JSONValue(parsing: try #require(bytes(parts[0])))
        #expect(header == ["alg": "RS256", "typ": "JWT", "kid": "k1"])
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try #require(bytes(parts[2])))
        let digest = SHA256.hash(data: Data("\(parts[0]).\(parts[1])".utf8))
        #expect(CredentialKind.key.publicKey.isValidSignature(signature, for: digest, padding: .insecurePKCS1v1_5))
    }

    @Test func `a user's refresh token travels in the form, without scopes`() async throws {
        let bench = try CredentialBench(.user, change: { $0["rapt_token"] = "proof" })
        defer { bench.end() }
        _ = try await bench.credentials.token()
        #expect(
            bench.server.requests.first?.form == [
                "grant_type": "refresh_token", "refresh_token": "refresh-" + CredentialKind.canary,
                "client_id": "client", "client_secret": "secret-" + CredentialKind.canary, "rapt": "proof",
            ])
        #expect(await bench.credentials.quotaProject == "quota")
    }

    @Test func `a workforce user's client is named in a header`() async throws {
        let bench = try CredentialBench(.workforceUser)
        defer { bench.end() }
        _ = try await bench.credentials.token()
        let request = try #require(bench.server.requests.first)
        #expect(
            request.form == ["grant_type": "refresh_token", "refresh_token": "refresh-" + CredentialKind.canary])
        let pair = Data("client:secret-\(CredentialKind.canary)".utf8).base64EncodedString()
        #expect(request.headers["authorization"] == "Basic " + pair)
    }

    @Test func `a refresh token that was replaced is not sent again`() async throws {
        let bench = try CredentialBench(.workforceUser) { _ in
            .json(200, ["access_token": "a", "expires_in": 3600, "refresh_token": "next"])
        }
        defer { bench.end() }
        _ = try await bench.credentials.token()
        bench.advance(.seconds(3600))
        _ = try await bench.credentials.token()
        #expect(
            bench.server.requests.map { $0.form["refresh_token"] } == ["refresh-" + CredentialKind.canary, "next"])
    }

    @Test func `keys are taken in both of their PEM forms, short ones are not`() throws {
        let key = CredentialKind.key
        #expect(SigningKey(pem: Secret(key.pkcs8PEMRepresentation)) != nil)
        #expect(SigningKey(pem: Secret(key.pemRepresentation)) != nil)
        let short = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024))
        #expect(SigningKey(pem: Secret(short.pkcs8PEMRepresentation)) == nil)
        #expect(SigningKey(pem: Secret(key.publicKey.pemRepresentation)) == nil)
    }

    @Test(arguments: [CredentialKind.federatedFile, .federatedURL, .federatedExecutable, .federatedClient])
    func `a federated token is exchanged`(kind: CredentialKind) async throws {
        let bench = try CredentialBench(kind)
        defer { bench.end() }
        _ = try await bench.credentials.token()
        let request = try #require(bench.server.requests.last)
        #expect(
            request.form == [
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "audience": CredentialKind.audience,
                "scope": "https://www.googleapis.com/auth/cloud-platform",
                "requested_token_type": Self.tokenType + "access_token",
                "subject_token": "subject-" + CredentialKind.canary, "subject_token_type": Self.tokenType + "jwt",
            ])
        #expect((request.headers["authorization"] != nil) == (kind == .federatedClient))
        if kind == .federatedURL {
            #expect(bench.server.requests[0].headers["x-key"] == "key-" + CredentialKind.canary)
            #expect(bench.server.requests[0].target == "/subject?x=1")
        }
    }

    @Test func `a workforce pool's exchange names its project, unless a client does`() async throws {
        for client in [false, true] {
            let bench = try CredentialBench(
                client ? .federatedClient : .federatedFile,
                change: {
                    $0["audience"] = "//iam.googleapis.com/locations/global/workforcePools/pool/providers/p"
                    $0["workforce_pool_user_project"] = "123"
                })
            defer { bench.end() }
            _ = try await bench.credentials.token()
            // Encoded as a value within the value, as the service wants it.
            #expect(
                bench.server.requests.last?.form["options"]
                    == (client ? nil : "%7B%22userProject%22%3A%22123%22%7D"))
        }
    }

    @Test func `a GitHub job's own key and audience are used`() async throws {
        let bench = try CredentialBench(
            .gitHubActions,
            change: {
                // What the action wrote in an earlier step.
                $0["credential_source"]?["headers"] = ["authorization": "Bearer old", "Accept": "x"]
            })
        defer { bench.end() }
        _ = try await bench.credentials.token()
        let request = try #require(bench.server.requests.first)
        #expect(request.headers["authorization"] == "Bearer job-" + CredentialKind.canary)
        #expect(request.query == ["api-version": "2", "audience": "https:" + CredentialKind.audience])
        #expect(
            bench.server.requests[1].form["subject_token"] == "subject-" + CredentialKind.canary)
    }

    @Test func `a file's own audience for a GitHub job is kept`() async throws {
        let bench = try CredentialBench(
            .gitHubActions,
            change: {
                let url = $0["credential_source"]?["url"]?.string ?? ""
                $0["credential_source"]?["url"] = .string(url + "&audience=mine")
                $0["credential_source"]?["format"] = ["type": "json", "subject_token_field_name": "value"]
            })
        defer { bench.end() }
        _ = try await bench.credentials.token()
        #expect(bench.server.requests.first?.query["audience"] == "mine")
    }

    @Test(arguments: [CredentialKind.federatedImpersonating, .impersonatedByKey, .impersonatedByUser])
    func `an account is impersonated with a token that can do nothing else`(kind: CredentialKind) async throws {
        let bench = try CredentialBench(
            kind,
            change: {
                if kind == .federatedImpersonating {
                    $0["service_account_impersonation"] = ["token_lifetime_seconds": 1200]
                }
            })
        defer { bench.end() }
        _ = try await bench.credentials.token()
        let (source, request) = (bench.server.requests[0], bench.server.requests[1])
        var body: JSONValue = [
            "scope": ["https://www.googleapis.com/auth/cloud-platform"],
            "lifetime": kind == .federatedImpersonating ? "1200s" : "3600s",
        ]
        if kind != .federatedImpersonating {
            body["delegates"] = ["projects/-/serviceAccounts/middle@p.iam.gserviceaccount.com"]
        }
        #expect(request.json == body)
        #expect(request.headers["authorization"] == "Bearer ya29.token-1")
        let scope =
            source.form["scope"] ?? source.form["assertion"].flatMap { SignedJWT.claims(of: $0)?["scope"]?.string }
        #expect(scope == (kind == .impersonatedByUser ? nil : "https://www.googleapis.com/auth/iam"))
    }

    @Test func `the metadata server is asked as Google's libraries ask it`() async throws {
        let bench = try CredentialBench(.metadataServer)
        defer { bench.end() }
        _ = try await bench.credentials.token()
        #expect(
            bench.server.requests.map(\.target) == [
                "/",
                "/computeMetadata/v1/instance/service-accounts/default/token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform",
            ])
        #expect(bench.server.requests.allSatisfy { $0.headers["metadata-flavor"] == "Google" })
        #expect(await bench.credentials.universeDomain() == "googleapis.com")
        #expect(await bench.credentials.project() == "p")
    }

    @Test func `an answer without Metadata-Flavor is somebody else's`() async throws {
        let bench = try CredentialBench(.metadataServer) { request in
            request.path == "/" ? nil : .answer(200, "{\"access_token\":\"x\",\"expires_in\":3600}")
        }
        defer { bench.end() }
        let refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.summary.contains("Metadata-Flavor"))
    }

    @Test func `the metadata server says which universe it is in`() async throws {
        let bench = try CredentialBench(.metadataServer) { [count = Counter()] request in
            guard request.path.hasSuffix("universe-domain") else { return nil }
            return count.next() == 1
                ? .answer(200, "example.goog\n", headers: PlayedGoogle.flavor) : .answer(404, "")
        }
        defer { bench.end() }
        #expect(await bench.credentials.universeDomain() == "example.goog")
        #expect(await bench.credentials.universeDomain() == "example.goog")
        let older = try CredentialBench(.metadataServer) { request in
            request.path.hasSuffix("universe-domain") ? .answer(404, "", headers: PlayedGoogle.flavor) : nil
        }
        defer { older.end() }
        #expect(await older.credentials.universeDomain() == "googleapis.com")
    }

    @Test func `a wrong clock is named when an assertion is refused`() async throws {
        let bench = try CredentialBench(.serviceAccountKey) { _ in
            .answer(
                400, "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid JWT\"}",
                headers: ["Date": "Wed, 31 Dec 2025 23:50:00 GMT"])
        }
        defer { bench.end() }
        let refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.details.contains(.init("clock", "this machine's is 600 s ahead of the server's")))
    }

    @Test func `what only this machine can reach is asked past every proxy`() async throws {
        let proxied = Mutex<[String]>([])
        let direct = Mutex<[String]>([])
        let answer = HTTPResponse(
            status: 200, headers: HTTPHeaders([.init("Metadata-Flavor", "Google")]),
            body: Array("{\"access_token\":\"x\",\"expires_in\":60}".utf8))
        var endpoint = TokenEndpoint { request throws(TransportError) in
            proxied.withLock { $0.append(request.url) }
            return answer
        }
        endpoint.direct = { request throws(TransportError) in
            direct.withLock { $0.append(request.url) }
            return answer
        }
        let server = try MetadataServer(CredentialSurroundings(variables: [:]))
        #expect(await server.absence(through: endpoint) == nil)
        _ = try await server.accessToken(scopes: [], through: endpoint)
        let purpose = TokenPurpose("asking", remedy: "")
        for url in [
            "http://169.254.169.254/", "http://[fd20:ce::254]/", "http://169.254.1.1:80/", "https://idp.example/",
        ] {
            _ = try await endpoint.send(HTTPRequest("GET", url), for: purpose)
        }
        #expect(
            direct.withLock { $0 } == [
                "http://169.254.169.254/",
                "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token?scopes=",
                "http://169.254.169.254/", "http://[fd20:ce::254]/", "http://169.254.1.1:80/",
            ])
        #expect(proxied.withLock { $0 } == ["https://idp.example/"])
        // Nothing goes to anybody else in the clear, whoever named the address.
        for (method, url) in [("GET", "http://169.254.1.1.example/"), ("POST", "http://169.254.169.254/")] {
            await #expect(throws: TokenError.self) {
                try await endpoint.send(HTTPRequest(method, url), for: purpose)
            }
        }
        #expect(proxied.withLock { $0 }.count == 1)
    }

    @Test func `an address of IAM Credentials that is not safe gets no token`() async throws {
        let bench = try CredentialBench(.user, variables: ["STAGECTL_IDENTITY_ACCOUNT": "a@b"])
        defer { bench.end() }
        var endpoint = bench.endpoint
        endpoint.iamCredentials = "http://iam.example"
        let credentials = GoogleCredentials(surroundings: bench.surroundings, endpoint: endpoint)
        let refusal = try await failure { _ = try await credentials.identityToken(audience: "https://x") }
        #expect(refusal.summary.contains("never sent in the clear to `iam.example`"))
        #expect(refusal.category == .permission)
    }
}
