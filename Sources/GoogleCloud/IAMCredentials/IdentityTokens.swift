import JSON
import Releases

/// Identity tokens of a service account, made by the IAM Credentials API; the local Cloud Run is its own issuer.
struct IdentityTokens: Sendable {
    var base: String
    var account: String
    var rest: RESTClient

    func token(audience: String) async throws -> String {
        guard !account.isEmpty else {
            throw Failure(
                .permission, "no service account is known whose identity may call a service that is not public",
                hint: "name one in the environment file")
        }
        // `@` may stand in a path (RFC 3986 section 3.3), and not every server decodes it.
        let url =
            "\(base)/v1/projects/-/serviceAccounts/\(account.percentEncoded.replacing("%40", with: "@")):generateIdToken"
        // Asking again makes another token and changes nothing else.
        let answer = try await rest.read(
            url, method: "POST", body: ["audience": .string(audience), "includeEmail": true])
        guard let token = answer["token"]?.string, !token.isEmpty else {
            throw GoogleError.unreadable(what: "the answer", reason: "it has no token", isWrite: false)
        }
        return token
    }
}
