import NIOHTTP1

/// What a route does; one case per handler, so that a documented route without one does not compile.
enum Endpoint: Sendable {
    case home, health, ready, version, openAPI, metrics, limited, events
    case createToken, verifyToken
    case listAgents, createAgent, getAgent
    case listThreads, createThread, getThread
    case listMessages, createMessage
    case me, webSocket, authStatus
    case backendVersion
}

/// One documented route: the same table answers requests and writes the OpenAPI document.
struct Route: Sendable {
    var method: HTTPMethod
    /// Segments in braces match any one segment.
    var path: String
    var endpoint: Endpoint
    var summary: String
    var needsToken = false

    /// The values of the segments in braces; nil when the path is another one.
    func match(_ path: String) -> [String]? {
        let wanted = self.path.split(separator: "/")
        let given = path.split(separator: "/")
        guard wanted.count == given.count else { return nil }
        var parameters: [String] = []
        for (want, got) in zip(wanted, given) {
            if want.hasPrefix("{") { parameters.append(String(got)) } else if want != got { return nil }
        }
        return parameters
    }
}

extension Route {
    static func table(for role: Role) -> [Route] {
        switch role {
        case .auth: common + auth
        case .backend: common + backend
        case .frontend: common + frontend
        }
    }

    private static let common = [
        Route(method: .GET, path: "/", endpoint: .home, summary: "What this service is"),
        Route(method: .GET, path: "/health", endpoint: .health, summary: "Whether the service and what it needs work"),
        Route(method: .GET, path: "/ready", endpoint: .ready, summary: "Whether the service takes requests"),
        Route(method: .GET, path: "/version", endpoint: .version, summary: "Commit and revision"),
        Route(method: .GET, path: "/openapi.json", endpoint: .openAPI, summary: "This document"),
        Route(method: .GET, path: "/metrics", endpoint: .metrics, summary: "Counters as text"),
        Route(method: .GET, path: "/api/limited", endpoint: .limited, summary: "Limited per client and second"),
        Route(method: .GET, path: "/events", endpoint: .events, summary: "Server-sent events: hello, ticks, end"),
    ]

    private static let auth = [
        Route(method: .POST, path: "/api/token", endpoint: .createToken, summary: "A token for a user"),
        Route(
            method: .GET, path: "/api/verify", endpoint: .verifyToken, summary: "Whose token this is", needsToken: true),
    ]

    private static let backend = [
        Route(method: .GET, path: "/api/agents", endpoint: .listAgents, summary: "All agents"),
        Route(method: .POST, path: "/api/agents", endpoint: .createAgent, summary: "A new agent"),
        Route(method: .GET, path: "/api/agents/{id}", endpoint: .getAgent, summary: "One agent"),
        Route(method: .GET, path: "/api/threads", endpoint: .listThreads, summary: "All threads"),
        Route(method: .POST, path: "/api/threads", endpoint: .createThread, summary: "A new thread"),
        Route(method: .GET, path: "/api/threads/{id}", endpoint: .getThread, summary: "One thread"),
        Route(
            method: .GET, path: "/api/threads/{id}/messages", endpoint: .listMessages, summary: "A thread's messages"),
        Route(method: .POST, path: "/api/threads/{id}/messages", endpoint: .createMessage, summary: "A new message"),
        Route(method: .GET, path: "/api/me", endpoint: .me, summary: "Who the token's user is", needsToken: true),
        Route(method: .GET, path: "/api/auth-status", endpoint: .authStatus, summary: "What the auth service answers"),
        Route(method: .GET, path: "/ws", endpoint: .webSocket, summary: "WebSocket: echo, events", needsToken: true),
    ]

    private static let frontend = [
        Route(method: .GET, path: "/api/backend", endpoint: .backendVersion, summary: "What the backend answers")
    ]
}
