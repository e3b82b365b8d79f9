/// Defects of accounts and sessions.
extension Mutation {
    static let accounts: [Mutation] =
        registration + signingIn + sessions + AccountDefect.allCases.map { defect(of: $0, on: "*") }
        + PasswordRule.allCases.map {
            Mutation("password.\($0.rawValue)", on: "POST /api/auth/register", .defect("password.\($0.rawValue)"))
        }

    /// One that only the handler can have.
    static func defect(of defect: some RawRepresentable<String>, on route: String) -> Mutation {
        Mutation(defect.rawValue, on: route, .defect(defect.rawValue))
    }

    private static let registration: [Mutation] = {
        let route = "POST /api/auth/register"
        return [
            Mutation("register.echoes-password", on: route, .json("password", .set("correct-horse-9"))),
            Mutation("register.rules-not-named", on: route, .json("violations", .removed)),
            Mutation("register.reads-another-name", on: route, .field("user", "another.name")),
            Mutation("register.any-type", on: route, .requestHeader("content-type", "application/json")),
            Mutation("register.as-text", on: route, .header("content-type", "text/html")),
            Mutation("register.signs-in", on: route, .header("set-cookie", "session=AAAA; Path=/")),
        ]
    }()

    private static let signingIn: [Mutation] = {
        let route = "POST /api/auth/login"
        return [
            Mutation("login.reads-another-password", on: route, .field("password", "another-password-1")),
            Mutation("login.type-lost", on: route, .json("token_type", .removed)),
            Mutation("login.echoes-password", on: route, .json("password", .set("sample-password-1"))),
            Mutation("cookie.for-scripts", on: route, .header("set-cookie", "session=AAAA; Path=/; SameSite=Lax")),
            Mutation("cookie.any-site", on: route, .header("set-cookie", "session=AAAA; Path=/; HttpOnly")),
            Mutation("cookie.in-the-clear", on: route, .requestHeader("forwarded", nil)),
            Mutation(
                "cookie.all-hosts", on: route,
                .header("set-cookie", "session=AAAA; Domain=example.com; Path=/; HttpOnly")),
            Mutation("login.long-lived", on: route, .json("expires_in", .set(864_000))),
            Mutation("login.cacheable", on: route, .header("cache-control", "max-age=60")),
            Mutation("login.missing-field-unauthorized", on: route, answering: 400, .status(401)),
            Mutation("login.malformed-breaks", on: route, answering: 400, .status(500)),
            Mutation("login.wrong-password-forbidden", on: route, answering: 401, .status(403)),
            Mutation("login.wrong-password-breaks", on: route, answering: 401, .status(500)),
        ]
    }()

    private static let sessions: [Mutation] = [
        Mutation("refresh.unknown-breaks", on: "POST /api/auth/refresh", answering: 401, .status(500)),
        Mutation("session.of-another", on: "GET /api/auth/session", .json("user", .set("ben"))),
        Mutation("session.cookie-not-read", on: "GET /api/auth/session", .requestHeader("cookie", nil)),
        Mutation("sessions.current-unmarked", on: "GET /api/auth/sessions", .json("sessions.*.current", .set(false))),
        Mutation("logout.keeps-cookie", on: "POST /api/auth/logout", .header("set-cookie", nil)),
        Mutation("password.wrong-old-accepted", on: "POST /api/auth/password", answering: 403, .status(204)),
        Mutation("password.change-breaks", on: "POST /api/auth/password", answering: 204, .status(500)),
    ]
}
