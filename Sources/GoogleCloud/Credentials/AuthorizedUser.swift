import JSON
import Synchronization

/// A person who signed in with gcloud: a refresh token of Google's own sign-in, or of a workforce pool.
struct AuthorizedUser: TokenIssuer {
    var tokenURI: String
    var clientID: String
    var clientSecret: Secret
    var refreshToken: RefreshToken
    /// Proof of a recent re-authentication, where the organisation asks for it.
    var reauthenticationProof: Secret?
    /// A workforce pool's server wants the client in a header (RFC 6749 section 2.3.1), Google's in the form.
    var authenticatesInHeader = false
    var summary: CredentialSummary

    private static let purpose = TokenPurpose(
        "refreshing the user's token", remedy: "sign in again: gcloud auth application-default login")

    init(_ fields: CredentialFields) throws(CredentialFault) {
        tokenURI = try fields.endpoint("token_uri") ?? ServiceAccountKey.tokenEndpoint
        clientID = try fields.required("client_id")
        clientSecret = Secret(try fields.required("client_secret"))
        refreshToken = RefreshToken(Secret(try fields.required("refresh_token")))
        reauthenticationProof = try fields.secret("rapt_token")
        summary = CredentialSummary(
            "user", principal: try fields.text("account"), quotaProject: try fields.text("quota_project_id"),
            universeDomain: try fields.universeDomain())
    }

    /// `external_account_authorized_user`: somebody of a workforce pool.
    init(workforce fields: CredentialFields) throws(CredentialFault) {
        let domain = try fields.universeDomain()
        tokenURI = try fields.endpoint("token_url") ?? "https://sts.\(domain)/v1/oauthtoken"
        clientID = try fields.required("client_id")
        clientSecret = Secret(try fields.required("client_secret"))
        refreshToken = RefreshToken(Secret(try fields.required("refresh_token")))
        authenticatesInHeader = true
        summary = CredentialSummary(
            "workforce pool user", quotaProject: try fields.text("quota_project_id"), universeDomain: domain)
    }

    /// Without scopes: a refresh token has those that the person agreed to, and asking for another is refused.
    func accessToken(scopes: [String], through endpoint: TokenEndpoint) async throws -> IssuedToken {
        try .oauth(try await refresh(through: endpoint), for: Self.purpose)
    }

    /// The token of a person names gcloud as its audience, never the service; Cloud Run takes it all the same.
    func identityToken(audience: String, through endpoint: TokenEndpoint) async throws -> IssuedToken {
        let answer = try await refresh(through: endpoint)
        guard answer["id_token"]?.string != nil else {
            throw TokenError.unsupported(
                reason: "the sign-in of a user gives no identity token for an audience",
                hint: "impersonate a service account that may call the service: "
                    + "gcloud auth application-default login --impersonate-service-account=ACCOUNT, "
                    + "or export STAGECTL_IDENTITY_ACCOUNT=ACCOUNT")
        }
        return try .identity(answer, "id_token", through: endpoint, for: Self.purpose)
    }

    private func refresh(through endpoint: TokenEndpoint) async throws -> JSONValue {
        var form = ["grant_type": "refresh_token"]
        var secret = ["refresh_token": refreshToken.current]
        var basic: (client: String, secret: Secret)?
        if authenticatesInHeader {
            basic = (clientID, clientSecret)
        } else {
            form["client_id"] = clientID
            secret["client_secret"] = clientSecret
            secret["rapt"] = reauthenticationProof
        }
        let answer = try await endpoint.post(tokenURI, form: form, secret: secret, basic: basic, for: Self.purpose)
        if let next = answer["refresh_token"]?.string, !next.isEmpty { refreshToken.rotate(to: Secret(next)) }
        return answer
    }
}

/// A refresh token; a server may hand out the next one with an answer, and take the old one no more (RFC 6749 section
/// 6). The file keeps what it has: it is gcloud's.
final class RefreshToken: Sendable {
    private let token: Mutex<Secret>

    init(_ token: Secret) {
        self.token = Mutex(token)
    }

    var current: Secret { token.withLock { $0 } }

    func rotate(to next: Secret) {
        token.withLock { $0 = next }
    }
}
