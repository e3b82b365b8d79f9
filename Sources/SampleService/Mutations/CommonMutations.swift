/// Defects of what all roles answer.
extension Mutation {
    static let common: [Mutation] = [
        Mutation("health.unavailable", on: "GET /health", .status(503)),
        Mutation("version.without-commit", on: "GET /version", .json("commit", .removed)),
        Mutation("errors.no-reason", on: "-", .json("error", .removed)),
        Mutation("events.lost", on: "GET /events", .stream(.loses(2))),
    ]
}
