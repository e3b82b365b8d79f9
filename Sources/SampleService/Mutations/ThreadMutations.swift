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
        Mutation("threads.first-lost", on: "GET /api/threads", .json("threads", .withoutFirst)),
        Mutation("threads.nobodys", on: "POST /api/threads", .json("owner", .set(.null))),
        Mutation("threads.malformed-accepted", on: "POST /api/threads", answering: 400, .status(201)),
        Mutation("threads.immortal", on: "DELETE /api/threads/{id}", .status(403)),
        Mutation("messages.unnumbered", on: "POST /api/threads/{id}/messages", .json("seq", .removed)),
        Mutation("messages.misnumbered", on: "POST /api/threads/{id}/messages", .json("seq", .off(1))),
        Mutation("messages.any-role", on: "POST /api/threads/{id}/messages", answering: 422, .status(201)),
        Mutation("messages.unavailable", on: "POST /api/threads/{id}/messages", .status(503)),
        Mutation("messages.key-ignored", on: "POST /api/threads/{id}/messages", .requestHeader("idempotency-key", nil)),
        Mutation("messages.answer-lost", on: "GET /api/threads/{id}/messages", .json("messages", .withoutLast)),
        Mutation("search.answers-lost", on: "GET /api/search", .json("results", .withoutLast)),
        Mutation("search.blind", on: "GET /api/search", .user("somebody else")),
        Mutation("me.no-email", on: "GET /api/me", .json("email", .removed)),
        Mutation("auth-status.unreachable", on: "GET /api/auth-status", .status(502)),
        Mutation("me.one-for-all", on: "GET /api/me", .json("email", .set("ann@example.com"))),
    ]
}
