/// Defects of OAuth and OpenID Connect.
extension Mutation {
    static let oauth: [Mutation] =
        metadata + authorization + tokens + OAuthDefect.allCases.map { defect(of: $0, on: "*") }

    private static let metadata: [Mutation] = {
        let route = "GET /.well-known/openid-configuration"
        let keys = "GET /.well-known/jwks.json"
        return [
            Mutation("discovery.incomplete", on: route, .json("revocation_endpoint", .removed)),
            Mutation(
                "discovery.other-issuer", on: "GET /.well-known/oauth-authorization-server",
                .json("issuer", .set("https://elsewhere.example"))),
            Mutation("discovery.implicit", on: route, .json("response_types_supported", .set(["code", "token"]))),
            Mutation(
                "discovery.plain-challenge", on: route,
                .json("code_challenge_methods_supported", .set(["S256", "plain"]))),
            Mutation(
                "discovery.password-grant", on: route,
                .json("grant_types_supported", .set(["authorization_code", "password"]))),
            Mutation(
                "discovery.unsigned", on: route,
                .json("id_token_signing_alg_values_supported", .set(["ES256", "none"]))),
            Mutation("keys.private-half", on: keys, .json("keys.0.d", .set("c2VjcmV0"))),
            Mutation("keys.for-encryption", on: keys, .json("keys.0.use", .set("enc"))),
        ]
    }()

    private static let authorization: [Mutation] = {
        let route = "GET /oauth/authorize"
        return [
            Mutation("login.without-cookie", on: "POST /api/auth/login", .header("set-cookie", nil)),
            Mutation("authorize.without-code", on: route, .header("location", "https://app.example.com/callback")),
            Mutation("authorize.redirect-lost", on: route, .header("location", nil)),
            Mutation("authorize.loses-state", on: route, .query("state", nil)),
            Mutation("authorize.any-client", on: route, .query("client_id", "web-app")),
            Mutation("authorize.any-response-type", on: route, .query("response_type", "code")),
            Mutation("authorize.plain-challenge", on: route, .query("code_challenge_method", "S256")),
            Mutation("authorize.forgets-request", on: route, .header("location", "/login")),
            Mutation("authorize.prompts-always", on: route, .query("prompt", nil)),
        ]
    }()

    private static let tokens: [Mutation] = {
        let route = "POST /oauth/token"
        return [
            Mutation("token.without-id-token", on: route, .json("id_token", .removed)),
            Mutation("token.refresh-for-workers", on: route, .json("refresh_token", .set("AAAA"))),
            Mutation("introspection.always-inactive", on: "POST /oauth/introspect", .json("", .set(["active": false]))),
            Mutation("introspection.without-subject", on: "POST /oauth/introspect", .json("sub", .removed)),
            Mutation("revocation.breaks", on: "POST /oauth/revoke", .status(503)),
        ]
    }()
}
