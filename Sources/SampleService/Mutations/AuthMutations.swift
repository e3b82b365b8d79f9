/// Defects of tokens, for who signs in with a name and a password.
extension Mutation {
    static let auth: [Mutation] = [
        Mutation("login.opaque-token", on: "POST /api/auth/login", .json("access_token", .set("AAAA"))),
        Mutation("refresh.not-rotated", on: "POST /api/auth/refresh", .json("refresh_token", .removed)),
        Mutation("logout.refused", on: "POST /api/auth/logout", .status(500)),
        Mutation("tokens.expire-early", on: "GET /api/verify", .status(401)),
        Mutation("token.untyped", on: "POST /api/token", .json("type", .removed)),
        Mutation("token.malformed-accepted", on: "POST /api/token", answering: 400, .status(201)),
        Mutation("verify.nobody", on: "GET /api/verify", .json("sub", .removed)),
    ]
}
