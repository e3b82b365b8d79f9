/// Defects of threads and messages.
extension Mutation {
    static let threads: [Mutation] = [
        Mutation("messages.forgotten", on: "POST /api/threads/{id}/messages", .forgets)
    ]
}
