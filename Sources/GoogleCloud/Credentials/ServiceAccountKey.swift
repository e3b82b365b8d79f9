import JSON

/// A service account with its key in a file. In Google's own universe the key signs an assertion that the token
/// endpoint turns into a token (RFC 7523); elsewhere the signed token is itself the access token
/// (google.aip.dev/auth/4111), as there may be no such endpoint.
struct ServiceAccountKey: TokenIssuer {
    var email: String
    var keyID: String?
    var key: SigningKey
    var tokenURI: String
    var summary: CredentialSummary

    /// The audience of assertions whatever the address that they are sent to (developers.google.com, "Using OAuth 2.0
    /// for Server to Server Applications": `aud` is always this value for an access token).
    static let tokenEndpoint = "https://oauth2.googleapis.com/token"
    /// The longest that is taken, in seconds (same page).
    static let lifetime: Int64 = 3600
    /// A clock that is a little ahead must not make a token of the future: Google's Go library dates its assertions
    /// back by as much (golang.org/x/oauth2/jws).
    private static let allowance: Int64 = 10

    init(_ fields: CredentialFields) throws(CredentialFault) {
        email = try fields.required("client_email")
        keyID = try fields.text("private_key_id")
        let pem = Secret(try fields.required("private_key"))
        guard let key = SigningKey(pem: pem) else {
            throw CredentialFault(
                "`private_key` is not an RSA key of 2048 bits or more in PEM form",
                hint: "download the key again; line breaks in it are written \\n")
        }
        self.key = key
        tokenURI = try fields.endpoint("token_uri") ?? Self.tokenEndpoint
        summary = CredentialSummary(
            "service account key", principal: email, project: try fields.text("project_id"),
            quotaProject: try fields.text("quota_project_id"), universeDomain: try fields.universeDomain())
    }

    func accessToken(scopes: [String], through endpoint: TokenEndpoint) async throws -> IssuedToken {
        let scope = JSONValue.string(scopes.joined(separator: " "))
        guard summary.universeDomain == UniverseDomain.google else {
            return try selfSigned(["sub": .string(email), "scope": scope], at: endpoint.now())
        }
        let purpose = TokenPurpose("getting a token for `\(email)`", remedy: remedy)
        let claims: [String: JSONValue] = ["aud": .string(Self.tokenEndpoint), "scope": scope]
        return try .oauth(try await grant(claims, through: endpoint, for: purpose), for: purpose)
    }

    func identityToken(audience: String, through endpoint: TokenEndpoint) async throws -> IssuedToken {
        let purpose = TokenPurpose("getting an identity token for `\(email)`", remedy: remedy)
        guard summary.universeDomain == UniverseDomain.google else {
            let source = try selfSigned(
                ["sub": .string(email), "scope": .string(TokenScope.iam)], at: endpoint.now())
            return try await IAMCredentials(account: email, universeDomain: summary.universeDomain, through: endpoint)
                .identityToken(audience: audience, source: source.value)
        }
        let claims: [String: JSONValue] = [
            "aud": .string(Self.tokenEndpoint), "target_audience": .string(audience),
        ]
        let answer = try await grant(claims, through: endpoint, for: purpose)
        return try .identity(answer, "id_token", through: endpoint, for: purpose)
    }

    private var remedy: String {
        "make sure that the key still exists: gcloud iam service-accounts keys list --iam-account=\(email)"
    }

    private func grant(
        _ claims: [String: JSONValue], through endpoint: TokenEndpoint, for purpose: TokenPurpose
    ) async throws -> JSONValue {
        try await endpoint.post(
            tokenURI, form: ["grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"],
            secret: ["assertion": try selfSigned(claims, at: endpoint.now()).value], for: purpose)
    }

    private func selfSigned(_ claims: [String: JSONValue], at now: Int64) throws -> IssuedToken {
        let issued = now - Self.allowance
        var claims = claims
        claims["iss"] = .string(email)
        claims["iat"] = .integer(issued)
        claims["exp"] = .integer(issued + Self.lifetime)
        return IssuedToken(
            try SignedJWT.make(.object(claims), keyID: keyID, key: key),
            lifetime: .seconds(Self.lifetime - Self.allowance))
    }
}
