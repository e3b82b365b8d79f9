/// Defects that are seen where the services work together. A service hands the names on to those that it asks.
extension Mutation {
    /// Of the role frontend.
    static let together: [Mutation] = [
        Mutation("overview.one-service", on: "GET /api/overview", .json("backend", .removed)),
        Mutation("overview.other-commit", on: "GET /api/overview", .json("backend.commit", .set("another"))),
        Mutation("backend.unnamed", on: "GET /api/backend", .json("answeredBy", .removed)),
        Mutation("pages.nobody-shown", on: "GET /account", .text("<strong>", "<strong>nobody ")),
        Mutation("pages.way-back-lost", on: "POST /login", .header("location", "/")),
        Mutation("pages.cookie-not-read", on: "GET /account", .requestHeader("cookie", nil)),
        Mutation("pages.wrong-password-signs-in", on: "POST /login", .header("set-cookie", "token=AAAA; Path=/")),
        Mutation("pages.lock-signs-in", on: "POST /login", .status(302)),
        Mutation("pages.titles-garbled", on: "GET /threads", .text("ñandú", "Ã±andÃº")),
        Mutation("gateway.answerer-unknown", on: "POST /gateway/*", .header("x-answered-by", nil)),
        Mutation("gateway.all-failures-alike", on: "GET /gateway/*", .status(502)),
        Mutation("gateway.shows-failures-of-auth", on: "GET /gateway/*", .text("auth failed", "hunter2hunter2")),
        Mutation("gateway.retry-after-lost", on: "POST /gateway/*", .header("retry-after", nil)),
        Mutation("trace.made-anew", on: "GET /version", .header("x-trace-id", "00000000000000000000000000000001")),
        Mutation(
            "trace.lost", on: "GET /gateway/*",
            .json("headers.traceparent", .set("00-00000000000000000000000000000001-0000000000000001-00"))),
        Mutation(
            "trace.span-kept", on: "GET /gateway/*",
            .json("headers.traceparent", .set("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))),
        Mutation("trace.malformed-kept", on: "GET /gateway/*", .json("headers.traceparent", .set("00-zz-<script>-01"))),
    ]

    /// Of the role backend, asked through the frontend.
    static let behindBackend: [Mutation] = [
        Mutation("status.auth-unknown", on: "GET /api/auth-status", .json("auth", .removed)),
        Mutation("me.another-name", on: "GET /api/me", .json("sub", .set("another"))),
        Mutation("me.unchecked", on: "GET /api/me", .user("ann")),
        Mutation("messages.one-line", on: "POST /api/threads/{id}/messages", .json("content", .set("first of two"))),
        Mutation("messages.role-forgotten", on: "POST /api/threads/{id}/messages", .json("role", .set("user"))),
    ]

    /// Of the role auth, asked through the frontend.
    static let behindAuth: [Mutation] = [
        Mutation("register.user-lost", on: "POST /api/auth/register", .json("user", .removed)),
        Mutation("verify.of-another", on: "GET /api/verify", .json("sub", .set("another"))),
        Mutation("sessions.end-forgotten", on: "DELETE /api/auth/sessions/{id}", .forgets),
        Mutation("logout-all.forgotten", on: "POST /api/auth/logout-all", .forgets),
        Mutation("keys.renamed", on: "GET /.well-known/jwks.json", .json("keys.0.kid", .set("another"))),
        Mutation("refresh.type-lost", on: "POST /api/auth/refresh", .json("token_type", .removed)),
        Mutation("sessions.unchecked", on: "GET /api/auth/sessions", .user("ann")),
        Mutation("userinfo.email-for-all", on: "GET /oauth/userinfo", .json("email", .set("a@example.com"))),
        Mutation("token.all-scopes", on: "POST /oauth/token", .json("scope", .set("jobs:read jobs:write"))),
    ]
}
