import JSON

/// The IAM Credentials API for one service account: tokens of an account whose key nobody holds.
struct IAMCredentials: Sendable {
    var account: String
    /// `…/serviceAccounts/ACCOUNT`, to which `:METHOD` is added.
    var resource: String
    /// Accounts between the source and `account`, each of which may impersonate the next.
    var delegates: [String] = []
    var endpoint: TokenEndpoint

    init(account: String, universeDomain: String, through endpoint: TokenEndpoint) {
        let base = endpoint.iamCredentials ?? "https://iamcredentials.\(universeDomain)"
        self.init(
            account: account, resource: "\(base)/v1/projects/-/serviceAccounts/\(account.pathSegment)",
            through: endpoint)
    }

    init(account: String, resource: String, delegates: [String] = [], through endpoint: TokenEndpoint) {
        self.account = account
        self.resource = resource
        self.delegates = delegates
        self.endpoint = endpoint
    }

    /// The token ends when the answer says. That is a time of the server's clock, so it is taken only where it is
    /// sooner than what was asked for; otherwise that is its lifetime.
    func accessToken(scopes: [String], lifetime: Int64, source: Secret) async throws -> IssuedToken {
        let purpose = TokenPurpose("impersonating `\(account)`", remedy: remedy("getAccessToken"))
        var body: JSONValue = [
            "scope": .array(scopes.map(JSONValue.string)), "lifetime": .string("\(lifetime)s"),
        ]
        addDelegates(to: &body)
        let answer = try await endpoint.post(
            "\(resource):generateAccessToken", json: body, bearer: source, for: purpose)
        guard let text = answer["accessToken"]?.string, Secret(text).isBearerToken,
            let end = answer["expireTime"]?.string.flatMap(Timestamp.seconds)
        else { throw TokenError.unreadable(reason: "the answer has no `accessToken` with an `expireTime`", purpose) }
        let left = end - Double(endpoint.now())
        let isSooner = left > 0 && left < Double(lifetime)
        return IssuedToken(Secret(text), lifetime: isSooner ? .seconds(left) : .seconds(lifetime))
    }

    func identityToken(audience: String, source: Secret) async throws -> IssuedToken {
        let purpose = TokenPurpose("getting an identity token of `\(account)`", remedy: remedy("getOpenIdToken"))
        var body: JSONValue = ["audience": .string(audience), "includeEmail": true]
        addDelegates(to: &body)
        let answer = try await endpoint.post(
            "\(resource):generateIdToken", json: body, bearer: source, for: purpose)
        return try .identity(answer, "token", through: endpoint, for: purpose)
    }

    private func addDelegates(to body: inout JSONValue) {
        guard !delegates.isEmpty else { return }
        body["delegates"] = .array(delegates.map(JSONValue.string))
    }

    private func remedy(_ permission: String) -> String {
        "grant roles/iam.serviceAccountTokenCreator (iam.serviceAccounts.\(permission)) on `\(account)` to the "
            + "account that impersonates it, and enable iamcredentials.googleapis.com"
    }
}

extension String {
    /// `@` and `:` may stand in a path (RFC 3986 section 3.3), and not every server decodes them.
    fileprivate var pathSegment: String { percentEncoded.replacing("%40", with: "@") }
}
