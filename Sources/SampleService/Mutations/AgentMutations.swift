/// Defects of agents.
extension Mutation {
    static let agents: [Mutation] = [
        Mutation("agents.without-names", on: "GET /api/agents", .json("agents.*.name", .removed))
    ]
}
