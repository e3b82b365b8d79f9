import NIOHTTP1

/// The WebSocket.
extension Route {
    static let sockets: [Route] = [
        Route(.GET, "/ws", "WebSocket: echo, events", access: .token, success: 101) { application, call in
            guard let key = call.request.webSocketKey else {
                return .response(
                    .error(.upgradeRequired, "this route speaks WebSocket").with(header: "upgrade", "websocket"))
            }
            if application.settings.faults.contains(.webSocket403) {
                FaultBehaviour.logRefusedUpgrade()
                return .response(.error(.forbidden, "origin is not allowed"))
            }
            if application.settings.faults.contains(.webSocketHeaders) {
                let parent = call.request.headers.first(name: "traceparent")
                FaultBehaviour.logMissingHeaders(of: TraceParent(parent).traceID)
                return .response(.error(.forbidden, "nobody said who calls"))
            }
            var opening = SocketOpening(key: key, user: call.user, query: call.request.query)
            let offered = call.request.headers[canonicalForm: "sec-websocket-protocol"]
            if offered.contains("sample.v1") { opening.subprotocol = "sample.v1" }
            return .webSocket(opening)
        }
    ]
}
