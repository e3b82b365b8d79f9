import NIOHTTP1

/// One documented route: the same table answers requests and writes the OpenAPI document.
struct Route: Sendable {
    typealias Handler = @Sendable (Application, Call) -> Reply

    /// Who may ask.
    enum Access: Sendable {
        /// Anybody, and a token is not looked at.
        case anybody
        /// Anybody; whoever sends a token sees what is theirs, and one that is not valid is refused.
        case tokenIfSent
        /// Only with a valid token.
        case token
    }

    let method: HTTPMethod
    let path: String
    let summary: String
    let access: Access
    /// What it answers when all is well.
    let success: Int
    let handler: Handler
    /// Segments in braces match any one segment, `{rest...}` at the end all that follow.
    private let segments: [String]

    /// - Parameter success: the documented status; left out: 201 for POST, 200 for others.
    init(
        _ method: HTTPMethod, _ path: String, _ summary: String, access: Access = .anybody, success: Int? = nil,
        _ handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.access = access
        self.success = success ?? (method == .POST ? 201 : 200)
        self.handler = handler
        segments = path.split(separator: "/").map(String.init)
    }

    /// The same for what is answered at once.
    static func answering(
        _ method: HTTPMethod, _ path: String, _ summary: String, access: Access = .anybody, success: Int? = nil,
        _ handler: @escaping @Sendable (Application, Call) -> Response
    ) -> Route {
        Route(method, path, summary, access: access, success: success) { .response(handler($0, $1)) }
    }

    /// `GET /api/threads`, as mutations name it.
    var name: String { "\(method.rawValue) \(path)" }

    /// The values of the segments in braces; nil when the path is another one.
    func match(_ given: [Substring]) -> [String: String]? {
        let takesRest = segments.last?.hasSuffix("...}") == true
        guard takesRest ? given.count >= segments.count : given.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        if takesRest { parameters["rest"] = given[(segments.count - 1)...].joined(separator: "/") }
        for (want, got) in zip(segments, given) {
            if want.hasSuffix("...}") { break }
            if want.hasPrefix("{") {
                parameters[String(want.dropFirst().dropLast())] = String(got)
            } else if want != got {
                return nil
            }
        }
        return parameters
    }

    /// The names of the segments in braces.
    var parameterNames: [String] {
        segments.filter { $0.hasPrefix("{") }.map { String($0.filter { !"{}.".contains($0) }) }
    }
}

extension Route {
    /// Each topic has its file in `Routes`.
    static func table(for role: Role) -> [Route] {
        switch role {
        case .auth: common + tokens + accounts + oauth + echoes
        case .backend:
            common + operations + users + session + agents + runs + threads + workflows + data + resilience + sockets
                + executions + echoes
        case .frontend: common + pages + assets + gateway + echoes
        }
    }
}
