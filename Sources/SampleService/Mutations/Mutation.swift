/// A deliberate defect of one behaviour, so that it can be shown which checks notice it. See
/// `environments/suites/mutations/README.md`.
struct Mutation: Sendable {
    /// What requests to no route, and with a method that a route does not take, are called in `route`.
    static let noRoute = "-"

    /// Topic and defect: `threads.lost`. A table names what is wrong, not who should notice.
    let name: String
    /// `GET /api/threads/{id}`; with `*` at the end, all that begin so; `*` alone, all.
    let route: String
    /// Only answers with this status have it; nil for all.
    let status: Int?
    let effects: [Effect]

    init(_ name: String, on route: String, answering status: Int? = nil, _ effects: Effect...) {
        self.name = name
        self.route = route
        self.status = status
        self.effects = effects
    }

    func concerns(_ name: String) -> Bool {
        route.hasSuffix("*") ? name.hasPrefix(route.dropLast()) : name == route
    }
}

extension Mutation {
    /// One file per topic.
    static func table(for role: Role) -> [Mutation] {
        switch role {
        case .auth: common + auth + accounts + oauth + security + forgery + behindAuth
        case .backend:
            common + security + network + executions + behindBackend + agents + threads + sockets + workflows + data
                + operations
                + resilience
        case .frontend: common + frontend + security + pages + gateway + together
        }
    }
}
