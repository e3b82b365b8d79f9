/// Defects of what protects browsers, and of what keeps hostile requests out.
extension Mutation {
    /// Of all roles.
    static let security: [Mutation] =
        headers + SecurityPolicy.Rule.allCases.map { Mutation($0.rawValue, on: noRoute, .defect($0.rawValue)) }

    private static let headers: [Mutation] = [
        Mutation("headers.sniffing", on: "*", .header("x-content-type-options", nil)),
        Mutation("headers.framed", on: "*", .header("x-frame-options", "SAMEORIGIN")),
        Mutation("headers.no-policy", on: "*", .header("content-security-policy", nil)),
        Mutation("headers.referrer", on: "*", .header("referrer-policy", "unsafe-url")),
        Mutation("headers.permissions", on: "*", .header("permissions-policy", "camera=*")),
        Mutation("headers.cached", on: "*", .header("cache-control", "public, max-age=60")),
        Mutation("headers.transport", on: "*", .header("strict-transport-security", "max-age=0")),
        Mutation("headers.product", on: "*", .header("x-powered-by", "sample/1.0")),
        Mutation("headers.bare-errors", on: noRoute, .header("content-security-policy", nil)),
        Mutation("origins.none", on: noRoute, .header("access-control-allow-origin", nil)),
        Mutation("origins.all", on: noRoute, .header("access-control-allow-origin", "*")),
        Mutation("origins.all-methods", on: noRoute, .header("access-control-allow-methods", "GET, POST, DELETE")),
        Mutation("origins.star", on: "GET *", .header("access-control-allow-origin", "*")),
    ]

    /// Of the role auth.
    static let forgery: [Mutation] = [
        Mutation("tokens.unchecked", on: "GET /api/verify", .user("ann"))
    ]

    /// Of the role frontend.
    static let pages: [Mutation] = [
        Mutation(
            "pages.inline-scripts", on: "GET /",
            .header("content-security-policy", "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'")),
        Mutation("pages.framed", on: "GET /login", .header("content-security-policy", "default-src 'self'")),
        Mutation("pages.unescaped", on: "GET /login", .text("&lt;script&gt;", "<script>")),
        Mutation("pages.open-redirect", on: "GET /login", .text("value=\"/\"", "value=\"https://evil.example/\"")),
        Mutation("pages.cookie-for-scripts", on: "POST /login", .header("set-cookie", "token=AAAA; SameSite=Lax")),
        Mutation("gateway.publishes-all", on: "*", .defect("gateway.publishes-all")),
        Mutation("gateway.shows-failures", on: "GET /gateway/*", .text("backend failed", "hunter2hunter2")),
    ]
}
