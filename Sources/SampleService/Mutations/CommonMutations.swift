/// Defects of what all roles answer.
extension Mutation {
    static let common: [Mutation] = [
        Mutation("health.unavailable", on: "GET /health", .status(503)),
        Mutation("version.without-commit", on: "GET /version", .json("commit", .removed)),
        Mutation("metrics.missing", on: "GET /metrics", .status(404)),
        Mutation("routes.any-path", on: noRoute, answering: 404, .status(200)),
        Mutation("events.without-numbers", on: "GET /events", .stream(.text("id: ", "x-id: "))),
        Mutation("errors.in-the-clear", on: noRoute, answering: 404, .header("strict-transport-security", nil)),
        Mutation("events.never-end", on: "GET /events", .stream(.stalls(6))),
    ]
}
