import JSON

/// What credentials can be turned into. Each kind asks anew every time; keeping tokens is ``TokenCache``'s.
protocol TokenIssuer: Sendable {
    /// Throws `TokenError`, or `CancellationError`.
    func accessToken(scopes: [String], through endpoint: TokenEndpoint) async throws -> IssuedToken

    /// A token that says who we are to `audience` alone, for services that are not public.
    func identityToken(audience: String, through endpoint: TokenEndpoint) async throws -> IssuedToken

    var summary: CredentialSummary { get }
}

/// What may be said about credentials.
package struct CredentialSummary: Hashable, Sendable {
    /// "service account key", "workload identity federation (file)", …
    package var kind: String
    /// The account, where it is known without asking.
    package var principal: String?
    package var project: String?
    package var quotaProject: String?
    package var universeDomain: String

    init(
        _ kind: String, principal: String? = nil, project: String? = nil, quotaProject: String? = nil,
        universeDomain: String = UniverseDomain.google
    ) {
        self.kind = kind
        self.principal = principal
        self.project = project
        self.quotaProject = quotaProject
        self.universeDomain = universeDomain
    }
}

/// Scopes by which a token is narrowed; what it may really do is up to IAM.
enum TokenScope {
    static let cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"
    /// Enough to impersonate, and nothing else, so that the source's token is worth little to a thief.
    static let iam = "https://www.googleapis.com/auth/iam"
}

extension IssuedToken {
    static func oauth(_ answer: JSONValue, for purpose: TokenPurpose) throws(TokenError) -> IssuedToken {
        guard let token = IssuedToken(oauth: answer) else {
            throw .unreadable(reason: "the answer has no `access_token`", purpose)
        }
        return token
    }

    /// - Parameter member: where the answer holds the token.
    static func identity(
        _ answer: JSONValue, _ member: String, through endpoint: TokenEndpoint, for purpose: TokenPurpose
    ) throws(TokenError) -> IssuedToken {
        guard let text = answer[member]?.string else {
            throw .unreadable(reason: "the answer has no `\(member)`", purpose)
        }
        guard let token = IssuedToken(identity: text, now: endpoint.now()) else {
            throw .unreadable(reason: "its `\(member)` is not a token with an end", purpose)
        }
        return token
    }
}
