import NIOHTTP1
import Synchronization

/// Tokens and who they belong to.
extension Route {
    /// Of the role auth.
    static let tokens: [Route] = [
        .answering(.POST, "/api/token", "A token for a user") { application, call in application.createToken(call) },
        .answering(.GET, "/api/verify", "Whose token this is", access: .token) { _, call in
            .json(["valid": true, "sub": .string(call.user)])
        },
    ]

    /// Of the role backend.
    static let users: [Route] = [
        .answering(.GET, "/api/me", "Who the token's user is", access: .token) { application, call in
            application.me(call.user)
        },
        Route(.GET, "/api/auth-status", "What the auth service answers") { application, _ in
            application.upstream("auth", url: application.settings.authURL, variable: "AUTH_URL")
        },
    ]

    /// Of the role frontend.
    static let pages: [Route] = [
        Route(.GET, "/api/backend", "What the backend answers") { application, _ in
            application.upstream("backend", url: application.settings.backendURL, variable: "BACKEND_URL")
        }
    ]
}

extension Application {
    func createToken(_ call: Call) -> Response {
        guard let user = call.text("user"), user.utf8.count <= 128 else {
            return .error(.badRequest, "the body must be {\"user\": a text of 1 to 128 bytes}")
        }
        guard memory.withLock({ $0.tokens.admits(call.request.client, now: call.now) }) else { return Self.tooMany }
        return .json(
            ["token": .string(issuer.token(for: user, now: call.now)), "type": "Bearer"], status: .created)
    }

    func me(_ user: String) -> Response {
        guard settings.faults.contains(.leakUser) else {
            return .json(["sub": .string(user), "email": .string("\(user)@example.com")])
        }
        let other = user == "alice" ? "bob" : "alice"
        return .json(["sub": .string(other), "email": .string("\(other)@example.com")])
    }
}
