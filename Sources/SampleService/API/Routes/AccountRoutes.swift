import NIOHTTP1
import Synchronization

/// Accounts and sessions, of the role auth.
extension Route {
    static let accounts: [Route] = [
        .answering(.POST, "/api/auth/register", "A new account") { application, call in application.register(call) },
        .answering(.POST, "/api/auth/login", "Access and refresh token, and a session cookie", success: 200) {
            application, call in application.login(call)
        },
        .answering(.POST, "/api/auth/refresh", "New tokens for a refresh token", success: 200) { application, call in
            application.refresh(call)
        },
        .answering(.POST, "/api/auth/logout", "Ends this session", access: .token, success: 204) { application, call in
            application.logout(call)
        },
        .answering(.POST, "/api/auth/logout-all", "Ends all sessions", access: .token, success: 204) {
            application, call in
            application.memory.withLock { $0.accounts.endAll(of: call.user) }
            return .noContent
        },
        .answering(.GET, "/api/auth/session", "This session, by token or cookie") { application, call in
            application.currentSession(call)
        },
        .answering(.GET, "/api/auth/sessions", "The user's sessions", access: .token) { application, call in
            let current = application.sessionID(call)
            let live = application.memory.withLock { $0.accounts.live(of: call.user) }
            return .json(["sessions": .array(live.suffix(50).map { $0.json(current: current) })])
        },
        .answering(.DELETE, "/api/auth/sessions/{id}", "Ends one of them", access: .token, success: 204) {
            application, call in application.endSession(call)
        },
        .answering(
            .POST, "/api/auth/password", "Another password, which ends other sessions", access: .token, success: 204
        ) { application, call in application.changePassword(call) },
        .answering(.GET, "/api/auth/me", "Who is signed in", access: .token) { _, call in
            .json(["sub": .string(call.user)])
        },
    ]
}

/// What can be wrong with accounts inside of their rules.
enum AccountDefect: String, CaseIterable, Sendable {
    case anyPassword = "accounts.any-password"
    case registerReplaces = "accounts.register-replaces"
    case loginNamesUnknownUser = "accounts.login-names-unknown-user"
    case namesDifferInCase = "accounts.names-differ-in-case"
    case lockoutOff = "accounts.lockout-off"
    case lockoutCountsForEver = "accounts.lockout-counts-for-ever"
    case lockoutTooEarly = "accounts.lockout-too-early"
    case lockoutOfAll = "accounts.lockout-of-all"
    case refreshReusable = "accounts.refresh-reusable"
    case endedSessionRenewed = "accounts.ended-session-renewed"
    case refreshNotRotated = "accounts.refresh-not-rotated"
    case refreshTakesAccessToken = "accounts.refresh-takes-access-token"
    case revokedSessionShown = "accounts.revoked-session-shown"
    case revokedTokenTaken = "accounts.revoked-token-taken"
    case anybodyEndsSessions = "accounts.anybody-ends-sessions"
    case passwordKeepsSessions = "accounts.password-keeps-sessions"
}

extension Application {
    static let accessSeconds = 900

    fileprivate func register(_ call: Call) -> Response {
        if let refusal = call.request.refusalOfJSON { return refusal }
        guard let name = call.text("user"), let password = call.text("password") else {
            return .error(.badRequest, "`user` and `password` are needed")
        }
        guard Self.isName(name) else {
            return .error(.badRequest, "a user name has 3 to 64 letters, digits, dots, dashes and underscores")
        }
        let broken = PasswordRule.broken(by: password, of: name).filter { !call.isBroken("password.\($0.rawValue)") }
        guard broken.isEmpty else {
            return .json(
                [
                    "error": "the password breaks rules", "status": 400,
                    "violations": .array(broken.map { .string($0.rawValue) }),
                ], status: .badRequest)
        }
        let outcome = memory.withLock {
            $0.accounts.register(name, password: password, with: call.defect(AccountDefect.self))
        }
        guard outcome == .created else { return .error(.conflict, "that name is taken") }
        return .json(["user": .string(name)], status: .created)
    }

    fileprivate func login(_ call: Call) -> Response {
        if let refusal = call.request.refusalOfJSON { return refusal }
        guard let name = call.text("user"), let password = call.text("password") else {
            return .error(.badRequest, "`user` and `password` are needed")
        }
        let defect = call.defect(AccountDefect.self)
        if defect == .loginNamesUnknownUser, !memory.withLock({ $0.accounts.knows(name) }) {
            return .error(.unauthorized, "no such user")
        }
        let device = String((call.request.headers.first(name: "user-agent") ?? "unknown").prefix(64))
        let outcome = memory.withLock {
            $0.accounts.signIn(name, password: password, device: device, now: call.now, with: defect)
        }
        switch outcome {
        case .wrong: return .error(.unauthorized, "wrong user name or password")
        case .locked(let seconds):
            return Response.error(.tooManyRequests, "too many wrong passwords").with(
                header: "retry-after", "\(seconds)")
        case .signedIn(let session):
            // Sent in the clear only where the request came in the clear, which behind Cloud Run none does.
            let secure = call.request.isSecure ? "; Secure" : ""
            return tokens(of: session, call).with(
                header: "set-cookie", "session=\(session.id); Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax" + secure)
        }
    }

    fileprivate func refresh(_ call: Call) -> Response {
        if let refusal = call.request.refusalOfJSON { return refusal }
        guard let token = call.text("refresh_token") else {
            return .error(.badRequest, "`refresh_token` is needed")
        }
        let defect = call.defect(AccountDefect.self)
        if defect == .refreshTakesAccessToken, let id = issuer.claims(of: token, now: call.now)?["sid"]?.text,
            let session = memory.withLock({ $0.accounts.session(id) })
        {
            return tokens(of: session, call)
        }
        switch memory.withLock({ $0.accounts.refresh(token, now: call.now, with: defect) }) {
        case .renewed(let session): return tokens(of: session, call)
        case .reused, .unknown: return .error(.unauthorized, "the refresh token is not valid")
        }
    }

    fileprivate func tokens(of session: AccountSession, _ call: Call) -> Response {
        let token = issuer.token(
            for: session.user, now: call.now, lifetime: Self.accessSeconds,
            more: [
                "sid": .string(session.id), "iss": .string(settings.issuer), "scope": "openid profile",
                "jti": .string(RandomToken.make()),
            ])
        return .json([
            "access_token": .string(token), "refresh_token": .string(session.refreshToken), "token_type": "Bearer",
            "expires_in": .integer(Self.accessSeconds),
        ])
    }

    fileprivate func logout(_ call: Call) -> Response {
        if let id = sessionID(call) { memory.withLock { _ = $0.accounts.end(id) } }
        return Response.noContent.with(header: "set-cookie", "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
    }

    /// Of the token that came along.
    fileprivate func sessionID(_ call: Call) -> String? {
        call.request.bearerToken.flatMap { issuer.claims(of: $0, now: call.now)?["sid"]?.text }
    }

    fileprivate func currentSession(_ call: Call) -> Response {
        guard let id = sessionID(call) ?? call.request.cookie("session"),
            let session = memory.withLock({ $0.accounts.session(id) }),
            !session.isRevoked || call.isBroken(AccountDefect.revokedSessionShown)
        else { return .error(.unauthorized, "nobody is signed in") }
        return .json(["user": .string(session.user), "session": session.json(current: id)])
    }

    fileprivate func endSession(_ call: Call) -> Response {
        let ended = memory.withLock { memory in
            guard
                memory.accounts.session(call.id)?.user == call.user
                    || call.isBroken(AccountDefect.anybodyEndsSessions)
            else { return false }
            return memory.accounts.end(call.id)
        }
        // Another's session and none look alike, so that nobody can try which ones there are.
        return ended ? .noContent : .error(.notFound, "no such session")
    }

    fileprivate func changePassword(_ call: Call) -> Response {
        guard let old = call.text("old"), let new = call.text("new") else {
            return .error(.badRequest, "`old` and `new` are needed")
        }
        guard PasswordRule.broken(by: new, of: call.user).isEmpty else {
            return .error(.badRequest, "the new password breaks rules")
        }
        let session = sessionID(call)
        return memory.withLock { memory in
            guard memory.accounts.matches(call.user, password: old) else {
                return .error(.forbidden, "the old password is not right")
            }
            memory.accounts.set(password: new, of: call.user)
            if !call.isBroken(AccountDefect.passwordKeepsSessions) {
                memory.accounts.endAll(of: call.user, except: session)
            }
            return .noContent
        }
    }

    /// Whose token this is; nil where it is none, or where its session or grant has ended.
    func liveClaims(of token: String, _ call: Call) -> JSON? {
        guard let claims = issuer.claims(of: token, now: call.now) else { return nil }
        if call.isBroken(AccountDefect.revokedTokenTaken) { return claims }
        return memory.withLock { memory in
            if let id = claims["sid"]?.text, settings.role == .auth, !memory.accounts.isLive(id) { return nil }
            if let id = claims["gid"]?.text, memory.grants.isEnded(id) { return nil }
            return claims
        }
    }

    fileprivate static func isName(_ text: String) -> Bool {
        (3...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                    || "._-".unicodeScalars.contains($0)
            }
    }
}
