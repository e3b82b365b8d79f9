/// Defects of threads, messages and who they belong to.
extension Mutation {
    static let threads: [Mutation] = [
        Mutation("threads.messages-lost", on: "POST /api/threads", .field("messages", nil)),
        Mutation("threads.no-location", on: "POST /api/threads", .header("location", nil)),
        Mutation("threads.leaked", on: "GET /api/threads/{id}", .user("alice")),
        Mutation(
            "threads.traceback", on: "GET /api/threads/{id}", answering: 404,
            .body("Traceback (most recent call last):\n  File \"/app/threads.py\", line 12, in find\nKeyError\n")),
        Mutation("threads.slow", on: "GET /api/threads/{id}", .late(1600)),
        Mutation("messages.stale", on: "GET /api/threads/{id}/messages", .stale),
        Mutation("messages.unpaged", on: "GET /api/threads/{id}/messages", .query("limit", nil)),
        Mutation("messages.reversed", on: "GET /api/threads/{id}/messages", .json("messages", .reversed)),
        Mutation("messages.role-lost", on: "GET /api/threads/{id}/messages", .json("messages.*.role", .removed)),
        Mutation("me.leaked", on: "GET /api/me", .json("sub", .set("alice"))),
        Mutation("me.slow", on: "GET /api/me", .late(600)),
    ]
}
