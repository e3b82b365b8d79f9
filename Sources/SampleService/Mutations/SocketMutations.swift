/// Defects of the WebSocket.
extension Mutation {
    static let sockets: [Mutation] = [
        Mutation("ws.refused", on: "GET /ws", .status(403)),
        Mutation("ws.slow-upgrade", on: "GET /ws", .late(1200)),
        Mutation("ws.wrong-user", on: "GET /ws", .user("mallory")),
        Mutation("ws.echo-lost", on: "GET /ws", .message("echo", .lost)),
        Mutation("ws.echo-mixed", on: "GET /ws", .message("echo", .json("text", .set("somebody else's")))),
        Mutation("ws.pong-lost", on: "GET /ws", .message("pong", .lost)),
        Mutation("ws.posted-elsewhere", on: "GET /ws", .message("posted", .json("thread", .set("thread-1")))),
        Mutation("ws.session-forgotten", on: "GET /ws", .query("session", "unknown")),
        Mutation("ws.stop-ignored", on: "GET /ws", .message("agent_stopped", .json("stopped", .set(0)))),
        Mutation("ws.event-lost", on: "GET /ws", .message("tool_completed", .lost)),
        Mutation("ws.unknown-kind-closes", on: "GET /ws", .message("error", .closes(1003))),
        Mutation("ws.no-subprotocol", on: "GET /ws", .subprotocol(nil)),
        Mutation("ws.delivery-lost", on: "GET /ws", .message("message", .lost)),
        Mutation("ws.event-twice", on: "GET /ws", .message("tool_executing", .twice)),
        Mutation("ws.error-lost", on: "GET /ws", .message("error", .lost)),
        Mutation("ws.open", on: "GET /ws", .user("nobody")),
    ]
}
