import JSON
import Releases
package import Transport

/// Identity tokens of one service account, made by the IAM Credentials API of the very server that is called: the
/// local Cloud Run is its own issuer.
package struct IdentityTokens: IdentityTokenSource {
    var base: String
    var account: String
    var rest: RESTClient

    package init(base: String, account: String, tokens: any AccessTokens, http: HTTPClient) {
        self.init(
            base: base, account: account,
            rest: RESTClient(tokens: tokens, retry: RetryPolicy(), limits: .process) { request throws(TransportError) in
                try await http.send(request)
            })
    }

    init(base: String, account: String, rest: RESTClient) {
        self.base = base
        self.account = account
        self.rest = rest
    }

    package func identityToken(audience: String) async throws -> String {
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
