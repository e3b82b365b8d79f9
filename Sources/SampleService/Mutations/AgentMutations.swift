/// Defects of agents, their runs and tools.
extension Mutation {
    static let agents: [Mutation] = [
        Mutation("agents.researcher-missing", on: "GET /api/agents", .json("agents", .withoutFirst)),
        Mutation("agents.unavailable", on: "GET /api/agents", .status(503)),
        Mutation("agents.configuration-ignored", on: "POST /api/agents", .field("configuration", nil)),
        Mutation("runs.stages-ignored", on: "POST /api/agents/{id}/runs", .field("stages", ["plan"])),
        Mutation("runs.stream-cut", on: "GET /api/runs/{id}/stream", .stream(.ends(2))),
        Mutation("runs.never-complete", on: "GET /api/runs/{id}", .json("status", .set("running"))),
        Mutation("tools.sum-off", on: "POST /api/tools/{id}", .json("result", .off(1))),
        Mutation("tools.count-off", on: "POST /api/tools/{id}", .json("result", .off(-1))),
        Mutation("streams.word-lost", on: "GET /api/agents/{id}/stream", .stream(.loses(1))),
    ]
}
