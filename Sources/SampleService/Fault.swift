/// The ways to break on purpose, as the comma list `SAMPLE_FAULT` names them.
enum Fault: String, CaseIterable, Sendable {
    /// Starts, logs that it waits for its database, never listens.
    case noListen = "no-listen"
    /// Ends at once with exit code 1 and a stack trace.
    case exit
    /// `/health` answers 503 and names the dependency that is down.
    case health503 = "health-503"
    /// The WebSocket upgrade is refused with 403.
    case webSocket403 = "ws-403"
    /// Something in front of the WebSocket drops the headers that say who calls, and the program refuses with 403.
    case webSocketHeaders = "ws-headers"
    /// The WebSocket is accepted, then closed with 1011.
    case webSocket1011 = "ws-1011"
    /// Every response comes three seconds late.
    case slow
    /// `/api/threads` is documented, but answers 404.
    case missingRoute = "missing-route"
    /// Nine documented routes answer 404: ``pathsMissing``.
    case missingRoutes = "missing-routes"
    /// Responses carry the name of another revision.
    case wrongIdentity = "wrong-identity"
    /// Server-sent events stop after two events while the connection stays open.
    case streamStall = "stream-stall"
    /// `/api/me` answers one user with another user's data.
    case leakUser = "leak-user"

    /// Under `missing-routes`: agents, threads and workflows, as if their part had been left out of the build.
    static let pathsMissing: Set = [
        "/api/agents", "/api/agents/{id}", "/api/agents/{id}/status", "/api/agents/{id}/events", "/api/tools",
        "/api/threads", "/api/threads/{id}", "/api/threads/{id}/messages", "/api/workflows",
    ]

    static func parse(_ list: String) -> (known: Set<Fault>, unknown: [String]) {
        var known: Set<Fault> = []
        var unknown: [String] = []
        for word in list.split(whereSeparator: { $0 == "," || $0 == " " }).prefix(32) {
            if let fault = Fault(rawValue: String(word)) { known.insert(fault) } else { unknown.append(String(word)) }
        }
        return (known, unknown)
    }
}
