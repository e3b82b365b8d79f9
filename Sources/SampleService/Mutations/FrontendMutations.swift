/// Defects of what the frontend shows before anybody signs in.
extension Mutation {
    static let frontend: [Mutation] = [
        Mutation("home.as-text", on: "GET /", .header("content-type", "text/plain")),
        Mutation("backend.unreachable", on: "GET /api/backend", .status(502)),
    ]
}
