package import Transport

/// The credentials of this process: found once, turned into tokens as they are needed.
package actor GoogleCredentials: AccessTokens, IdentityTokenSource {
    private let finder: CredentialFinder
    private let endpoint: TokenEndpoint
    private let cache: TokenCache
    /// Its identity tokens are used instead of the credentials' own.
    private let identityAccount: String?
    private let quotaProjectOfVariable: String?
    private let now: @Sendable () -> ContinuousClock.Instant
    private var found: CredentialFinder.Found?
    /// A search that ended at a metadata server that is not there, which takes seconds to tell.
    private var nothing: (found: CredentialFinder.Found, end: ContinuousClock.Instant)?
    private var finding: Task<CredentialFinder.Found, Never>?
    private var metadataUniverse: String?

    /// - Parameters:
    ///   - variables: the environment of the process; nothing else is configured.
    ///   - iamCredentials: base URL of the IAM Credentials API, where it is not at its usual address.
    package init(variables: [String: String], http: HTTPClient, iamCredentials: String? = nil) {
        var endpoint = TokenEndpoint { request throws(TransportError) in try await http.send(request) }
        let unproxied = HTTPClient(network: NetworkSettings(environment: [:]))
        endpoint.direct = { request throws(TransportError) in try await unproxied.send(request) }
        endpoint.iamCredentials = iamCredentials.map { GoogleEndpoints(all: $0).iamCredentials }
        self.init(surroundings: CredentialSurroundings(variables: variables), endpoint: endpoint)
    }

    init(
        surroundings: CredentialSurroundings, endpoint: TokenEndpoint,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.endpoint = endpoint
        self.now = now
        cache = TokenCache(now: now)
        finder = CredentialFinder(
            surroundings: surroundings, endpoint: endpoint, sourceTokens: TokenCache(now: now))
        identityAccount = surroundings.value("STAGECTL_IDENTITY_ACCOUNT")
        quotaProjectOfVariable = surroundings.value("GOOGLE_CLOUD_QUOTA_PROJECT")
    }

    /// Which source is used, and why the others are not. Asks for no token, and never fails.
    package func search() async -> CredentialSearch { await find().search }

    package func token() async throws -> String? {
        try await lifting { try await accessToken().revealed }
    }

    package func forget(_ token: String) async {
        await cache.forget(Secret(token))
    }

    package var quotaProject: String? {
        get async {
            if let quotaProjectOfVariable { return quotaProjectOfVariable }
            return await find().issuer?.summary.quotaProject
        }
    }

    /// Where the APIs are that these credentials are for. The usual one when there are no credentials: whoever asks
    /// for a token hears of that.
    package func universeDomain() async -> String {
        if let metadataUniverse { return metadataUniverse }
        let found = await find()
        guard let server = found.metadata else {
            return found.issuer?.summary.universeDomain ?? UniverseDomain.google
        }
        let domain = try? await server.universeDomain(through: endpoint)
        metadataUniverse = domain
        return domain ?? UniverseDomain.google
    }

    /// The project that the credentials belong to, where they say.
    package func project() async -> String? {
        let found = await find()
        if let server = found.metadata { return try? await server.project(through: endpoint) }
        return found.issuer?.summary.project
    }

    package func identityToken(audience: String) async throws -> String {
        try await lifting {
            let issuer = try await issuer()
            let endpoint = endpoint
            guard let account = identityAccount else {
                return try await cache.token(.identity(audience: audience)) {
                    try await issuer.identityToken(audience: audience, through: endpoint)
                }.revealed
            }
            let api = IAMCredentials(account: account, universeDomain: await universeDomain(), through: endpoint)
            let source = try await accessToken()
            return try await cache.token(.identity(audience: audience)) {
                try await api.identityToken(audience: audience, source: source)
            }.revealed
        }
    }

    private func accessToken() async throws -> Secret {
        let issuer = try await issuer()
        let endpoint = endpoint
        return try await cache.token(.access) {
            try await issuer.accessToken(scopes: [TokenScope.cloudPlatform], through: endpoint)
        }
    }

    private func issuer() async throws -> any TokenIssuer {
        let found = await find()
        guard let issuer = found.issuer else { throw CredentialFailure.nothingUsable(found.search) }
        return issuer
    }

    /// One search for however many ask. One that found nothing is made again, though not by every request of a command:
    /// what was missing may be there by then.
    private func find() async -> CredentialFinder.Found {
        if let found { return found }
        if let nothing, now() < nothing.end { return nothing.found }
        let task = finding ?? Task { [finder] in await finder.find() }
        finding = task
        let result = await task.value
        finding = nil
        if result.issuer != nil {
            found = result
        } else if result.search.broken == nil {
            nothing = (result, now() + .seconds(30))
        }
        return result
    }

    private func lifting<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as TokenError {
            throw CredentialFailure.lift(error, of: found?.search.used)
        }
    }
}
