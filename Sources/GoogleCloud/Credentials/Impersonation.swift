import JSON

/// A service account in whose name other credentials act.
struct Impersonation: TokenIssuer {
    var account: String
    /// As in the file, without its method.
    var resource: String
    var delegates: [String]
    /// Seconds.
    var lifetime: Int64
    var source: any TokenIssuer
    /// The source's tokens serve every request of this account.
    private let sourceTokens: TokenCache
    var summary: CredentialSummary

    static let defaultLifetime: Int64 = 3600
    private static let method = ":generateAccessToken"

    /// A file that holds its own source (`impersonated_service_account`).
    init(_ fields: CredentialFields, tokens: TokenCache) throws(CredentialFault) {
        guard let inner = try fields.fields("source_credentials") else {
            throw CredentialFault("`source_credentials` is missing")
        }
        let source: any TokenIssuer
        switch try inner.required("type") {
        case "authorized_user": source = try AuthorizedUser(inner)
        case "service_account": source = try ServiceAccountKey(inner)
        case "external_account_authorized_user": source = try AuthorizedUser(workforce: inner)
        case let other:
            throw CredentialFault("`source_credentials` of type `\(other.prefix(80))` cannot impersonate")
        }
        guard let url = try fields.endpoint("service_account_impersonation_url") else {
            throw CredentialFault("`service_account_impersonation_url` is missing")
        }
        try self.init(
            url: url, delegates: try fields.texts("delegates") ?? [], lifetime: Self.defaultLifetime, source: source,
            tokens: tokens)
        summary.kind = "service account impersonated by \(source.summary.kind)"
        summary.quotaProject = try fields.text("quota_project_id")
    }

    init(
        url: String, delegates: [String] = [], lifetime: Int64, source: any TokenIssuer, tokens: TokenCache
    ) throws(CredentialFault) {
        guard url.hasSuffix(Self.method), let slash = url.lastIndex(of: "/") else {
            throw CredentialFault(
                "`service_account_impersonation_url` does not end in /serviceAccounts/ACCOUNT\(Self.method)")
        }
        resource = String(url.dropLast(Self.method.count))
        account = String(resource[url.index(after: slash)...])
        self.delegates = delegates
        self.lifetime = lifetime
        self.source = source
        sourceTokens = tokens
        summary = CredentialSummary(
            source.summary.kind, principal: account, quotaProject: source.summary.quotaProject,
            universeDomain: source.summary.universeDomain)
    }

    func accessToken(scopes: [String], through endpoint: TokenEndpoint) async throws -> IssuedToken {
        try await withSource(through: endpoint) { api, source in
            try await api.accessToken(scopes: scopes, lifetime: lifetime, source: source)
        }
    }

    func identityToken(audience: String, through endpoint: TokenEndpoint) async throws -> IssuedToken {
        try await withSource(through: endpoint) { api, source in
            try await api.identityToken(audience: audience, source: source)
        }
    }

    /// Once more with a new token of the source, when the one that was kept is not taken any more.
    private func withSource(
        through endpoint: TokenEndpoint, _ request: (IAMCredentials, Secret) async throws -> IssuedToken
    ) async throws -> IssuedToken {
        let api = IAMCredentials(account: account, resource: resource, delegates: delegates, through: endpoint)
        let kept = try await sourceToken(through: endpoint)
        do {
            return try await request(api, kept)
        } catch TokenError.refused(let refusal, _) where refusal.httpStatus == 401 {
            await sourceTokens.forget(kept)
            return try await request(api, try await sourceToken(through: endpoint))
        }
    }

    private func sourceToken(through endpoint: TokenEndpoint) async throws -> Secret {
        let source = source
        return try await sourceTokens.token(.access) {
            try await source.accessToken(scopes: [TokenScope.iam], through: endpoint)
        }
    }
}
