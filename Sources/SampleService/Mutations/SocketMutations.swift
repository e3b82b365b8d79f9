/// Defects of the WebSocket.
extension Mutation {
    static let sockets: [Mutation] = [
        Mutation("ws.refused", on: "GET /ws", .status(403))
    ]
}
