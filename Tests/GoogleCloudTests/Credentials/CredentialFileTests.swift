import Foundation
import JSON
import Releases
import Testing

@testable import GoogleCloud

/// What is wrong with a file is said by the member's name, never by its value.
@Suite struct CredentialFileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var kind: CredentialKind
        var change: @Sendable (inout JSONValue) -> Void
        var reason: String

        init(_ kind: CredentialKind, _ reason: String, _ change: @escaping @Sendable (inout JSONValue) -> Void) {
            self.kind = kind
            self.reason = reason
            self.change = change
        }

        var testDescription: String { "\(kind): \(reason)" }
    }

    static let plain = "http://tokens.example/token"

    static let cases: [Case] = [
        Case(.user, "it is not a JSON object") { $0 = ["a"] },
        Case(.user, "`type` is missing") { $0["type"] = nil },
        Case(.user, "its `type` `aliens` is not known") { $0["type"] = "aliens" },
        Case(.user, "(gdch_service_account) are not supported") { $0["type"] = "gdch_service_account" },
        Case(.user, "`refresh_token` is missing") { $0["refresh_token"] = nil },
        Case(.user, "`client_secret` is missing") { $0["client_secret"] = "" },
        Case(.user, "`client_id` is not a string") { $0["client_id"] = 7 },
        Case(.user, "`token_uri` would send credentials in the clear to `tokens.example`") {
            $0["token_uri"] = .string(plain)
        },
        Case(.user, "`token_uri` is not an http or https URL") { $0["token_uri"] = "file:///etc/passwd" },
        Case(.user, "`token_uri` is not an http or https URL") { $0["token_uri"] = "https://user@tokens.example" },
        Case(.user, "`universe_domain` is not a domain name") { $0["universe_domain"] = "evil.example/x?" },
        Case(.serviceAccountKey, "`private_key` is not an RSA key") { $0["private_key"] = "-----BEGIN CANARY-7f3a" },
        Case(.serviceAccountKey, "`client_email` is missing") { $0["client_email"] = nil },
        Case(.serviceAccountKey, "`token_uri` would send") { $0["token_uri"] = .string(plain) },
        Case(.workforceUser, "`token_url` would send") { $0["token_url"] = .string(plain) },
        Case(.federatedFile, "`token_url` would send") { $0["token_url"] = .string(plain) },
        Case(.federatedFile, "`audience` is missing") { $0["audience"] = nil },
        Case(.federatedFile, "`credential_source` is missing") { $0["credential_source"] = nil },
        Case(.federatedFile, "needs one of") { $0["credential_source"] = [:] },
        Case(.federatedFile, "needs one of") { $0["credential_source"]?["url"] = "https://x" },
        Case(.federatedFile, "is neither text nor json") { $0["credential_source"]?["format"] = ["type": "xml"] },
        Case(.federatedFile, "subject_token_field_name` is missing") {
            $0["credential_source"]?["format"] = ["type": "json"]
        },
        Case(.federatedFile, "tokens of AWS are not supported") {
            $0["credential_source"] = ["environment_id": "aws1", "regional_cred_verification_url": "https://sts"]
        },
        Case(.federatedFile, "tokens of AWS are not supported") {
            $0["subject_token_type"] = "urn:ietf:params:aws:token-type:aws4_request"
        },
        Case(.federatedFile, "certificates (X.509") {
            $0["credential_source"] = ["certificate": ["use_default_certificate_config": true]]
        },
        Case(.federatedFile, "is for workforce pools") { $0["workforce_pool_user_project"] = "1" },
        Case(.federatedURL, "would carry a token in the clear from `10.1.2.3`") {
            $0["credential_source"]?["url"] = "http://10.1.2.3/token"
        },
        Case(.federatedURL, "`headers` has a member that is not a string") {
            $0["credential_source"]?["headers"] = ["a": ["b"]]
        },
        Case(.federatedExecutable, "has a quote without its end") {
            $0["credential_source"] = ["executable": ["command": "sh 'x"]]
        },
        Case(.federatedExecutable, "`timeout_millis` is not a number from 5000 to 120000") {
            $0["credential_source"] = ["executable": ["command": "sh", "timeout_millis": 4999]]
        },
        Case(.federatedImpersonating, "`token_lifetime_seconds` is not a number from 600 to 43200") {
            $0["service_account_impersonation"] = ["token_lifetime_seconds": 10]
        },
        Case(.federatedImpersonating, "`service_account_impersonation_url` would send") {
            $0["service_account_impersonation_url"] = "http://iam.example/a:generateAccessToken"
        },
        Case(.impersonatedByUser, "does not end in /serviceAccounts/ACCOUNT:generateAccessToken") {
            $0["service_account_impersonation_url"] = "https://iam.example/a"
        },
        Case(.impersonatedByUser, "`source_credentials` is missing") { $0["source_credentials"] = nil },
        Case(.impersonatedByUser, "`source_credentials` of type `external_account` cannot impersonate") {
            $0["source_credentials"]?["type"] = "external_account"
        },
        Case(.impersonatedByUser, "`delegates` is not a list of strings") { $0["delegates"] = [1] },
    ]

    @Test(arguments: cases)
    func `a file that is not as it should be is named with its fault`(_ wrong: Case) async throws {
        let bench = try CredentialBench(wrong.kind, change: wrong.change)
        defer { bench.end() }
        let refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.category == .permission)
        #expect(refusal.summary.contains(wrong.reason), "\(refusal.summary)")
        #expect(refusal.summary.contains(bench.folder + "/credentials.json"))
        #expect(refusal.details.first == .init("named by", "GOOGLE_APPLICATION_CREDENTIALS"))
        #expect(refusal.hint?.isEmpty == false)
        #expect(!"\(refusal)".contains(CredentialKind.canary))
        #expect(bench.server.requests.isEmpty)
    }

    @Test func `what is not JSON is not shown`() async throws {
        let bench = try CredentialBench(.user)
        defer { bench.end() }
        for text in ["CANARY-7f3a", "", "{\"type\":", String(repeating: "[", count: 100_000)] {
            try CredentialBench.write(text, to: bench.folder + "/credentials.json")
            let refusal = try await failure { _ = try await bench.credentials.token() }
            #expect(refusal.summary.hasSuffix("cannot be used: it is not JSON"))
        }
        // A broken file is looked at again: somebody may have mended it.
        let file = try #require(CredentialKind.user.document(bench.server.base, folder: bench.folder))
        try CredentialBench.write(file.serialized(), to: bench.folder + "/credentials.json")
        #expect(try await bench.credentials.token() == "ya29.token-1")
    }

    @Test func `plain http is taken to this machine and the instance's own link`() throws {
        let surroundings = CredentialSurroundings(variables: [:])
        for url in ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]/x", "https://idp.example/"]
            + ["http://169.254.169.254/metadata/identity/oauth2/token?resource=x"]
        {
            let source = try CredentialFields(["url": .string(url)])
            let subject = try SubjectTokenReader.subject(
                source, audience: "a", tokenType: "t", surroundings: surroundings)
            #expect(subject.word == "URL", "\(url)")
        }
        for url in ["http://169.254.169.254.example/", "http://idp.example/", "http://127.0.0.1.example/", "ftp://x/"] {
            let source = try CredentialFields(["url": .string(url)])
            #expect(throws: CredentialFault.self, "\(url)") {
                try SubjectTokenReader.subject(source, audience: "a", tokenType: "t", surroundings: surroundings)
            }
        }
    }

    @Test func `a subject token's file is read anew each time, and must not be empty`() async throws {
        let bench = try CredentialBench(.federatedFile)
        defer { bench.end() }
        _ = try await bench.credentials.token()
        try CredentialBench.write("second\n", to: bench.folder + "/subject")
        bench.advance(.seconds(3600))
        _ = try await bench.credentials.token()
        #expect(bench.server.requests.last?.form["subject_token"] == "second")
        bench.advance(.seconds(3600))
        try CredentialBench.write("\n", to: bench.folder + "/subject")
        var refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.summary.contains("is empty"))
        try FileManager.default.removeItem(atPath: bench.folder + "/subject")
        refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.summary.contains("no such file"))
        #expect(refusal.category == .permission)
    }

    @Test func `a secret shows itself to nobody`() {
        let secret = Secret("CANARY-7f3a")
        var dumped = ""
        dump([secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(Optional(secret) as Any)"] {
            #expect(!text.contains("CANARY"))
        }
        #expect([secret].redacted(from: "a CANARY-7f3a b") == "a (secret) b")
        #expect([Secret("a/b+c=d")].redacted(from: "x=a%2Fb%2Bc%3Dd") == "x=(secret)")
    }
}
