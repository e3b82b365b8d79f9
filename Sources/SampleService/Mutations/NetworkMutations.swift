/// Defects of what lies between a client and the routes, of the role backend.
extension Mutation {
    static let network: [Mutation] = echoes + messages + eventStream + webSocket

    private static let echoes: [Mutation] = [
        Mutation("echo.method-lost", on: "PUT /api/echo", .json("method", .set("POST"))),
        Mutation("echo.body-lost", on: "PATCH /api/echo", .json("bytes", .set(0))),
        Mutation("echo.body-made-up", on: "DELETE /api/echo", .json("bytes", .off(2))),
        Mutation("echo.method-overridden", on: "POST /api/echo", .json("method", .set("DELETE"))),
        Mutation("echo.query-garbled", on: "GET /api/echo", .query("name", "Ã¼ &")),
        Mutation("echo.text-garbled", on: "POST /api/echo", .json("text", .set("?lu?ou?ky"))),
        Mutation("echo.small-bodies-only", on: "POST /api/echo", .status(413)),
        Mutation("echo.small-headers-only", on: "GET /api/echo", .status(431)),
    ]

    private static let messages: [Mutation] = [
        Mutation("http.length-unknown", on: "GET /version", .header("content-length", nil)),
        Mutation("http.few-methods", on: noRoute, .header("allow", "GET")),
        Mutation("http.unknown-not-refused", on: noRoute, .status(200)),
        Mutation("http.closes-always", on: "GET /ready", .header("connection", "close")),
        Mutation("http.one-byte-more", on: "GET /ready", .padding(1)),
        Mutation("http.says-compressed", on: "GET /version", .header("content-encoding", "gzip")),
        Mutation("http.unavailable", on: "GET /ready", .status(503)),
    ]

    private static let eventStream: [Mutation] = [
        Mutation("events.as-text", on: "GET /events", .header("content-type", "text/plain")),
        Mutation("events.reversed", on: "GET /events", .stream(.reverses)),
        Mutation("events.late", on: "GET /events", .late(700)),
        Mutation("events.slow", on: "GET /events", .stream(.pauses(400))),
        Mutation("events.no-end", on: "GET /events", .stream(.stalls(7))),
    ]

    private static let webSocket: [Mutation] = [
        Mutation("socket.no-hint", on: "GET /ws", answering: 426, .json("error", .removed)),
        Mutation("socket.subprotocol-made-up", on: "GET /ws", .subprotocol("chat")),
        Mutation("socket.closes", on: "GET /ws", .closes(1011)),
        Mutation("socket.echo-lost", on: "GET /ws", .message("echo", .lost)),
        Mutation("socket.error-lost", on: "GET /ws", .message("error", .lost)),
        Mutation("socket.echo-late", on: "GET /ws", .message("echo", .late(150))),
        Mutation("socket.another-user", on: "GET /ws", .user("somebody-else")),
    ]
}
