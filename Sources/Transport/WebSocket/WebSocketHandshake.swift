import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The opening handshake as values: what is asked, and whether an answer keeps to RFC 6455 section 4.1.
struct WebSocketHandshake: Sendable {
    let url: URLParts
    let request: WebSocketRequest
    let userAgent: String
    /// 16 random bytes, as `Sec-WebSocket-Key` has them.
    let key: String

    init(url: URLParts, request: WebSocketRequest, userAgent: String) {
        self.url = url
        self.request = request
        self.userAgent = userAgent
        key = NIOWebSocketClientUpgrader.randomRequestKey()
    }

    /// Fields that the handshake itself is made of.
    static let reserved: Set<String> = [
        "connection", "upgrade", "sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol",
        "sec-websocket-accept", "content-length", "transfer-encoding", "te", "trailer",
    ]

    var requestHead: String {
        var lines = ["GET \(url.target) HTTP/1.1"]
        if request.headers["Host"] == nil { lines.append("Host: \(url.authority)") }
        if request.headers["User-Agent"] == nil { lines.append("User-Agent: \(userAgent)") }
        lines += request.headers.fields.map { "\($0.name): \($0.value)" }
        if !request.subprotocols.isEmpty {
            lines.append("Sec-WebSocket-Protocol: \(request.subprotocols.joined(separator: ", "))")
        }
        lines += [
            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13",
        ]
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Why an answer with 101 is no WebSocket; nil when it is one.
    func violation(in answer: UpgradeAnswer) -> String? {
        let headers = answer.headers
        if answer.version != "HTTP/1.1" { return "the answer with 101 is \(answer.version), not HTTP/1.1" }
        if headers.members(of: "Upgrade").map({ $0.lowercased() }) != ["websocket"] {
            return "the answer with 101 does not say `Upgrade: websocket`"
        }
        if !headers.members(of: "Connection").contains(where: { $0.lowercased() == "upgrade" }) {
            return "the answer with 101 does not say `Connection: Upgrade`"
        }
        let accepts = headers.values(of: "Sec-WebSocket-Accept")
        if accepts.isEmpty { return "the answer with 101 has no `Sec-WebSocket-Accept`" }
        if !isAnswer(accepts) { return "`Sec-WebSocket-Accept` does not belong to the key that was sent" }
        let hasBody =
            headers["Transfer-Encoding"] != nil || !headers.values(of: "Content-Length").allSatisfy { $0 == "0" }
        if hasBody { return "the answer with 101 has a body" }
        let extensions = headers.members(of: "Sec-WebSocket-Extensions").filter { !$0.isEmpty }
        if let name = extensions.first {
            return "the server uses the extension `\(name.prefix(80))`, which stagectl does not speak"
        }
        let chosen = headers.values(of: "Sec-WebSocket-Protocol")
        if chosen.count > 1 { return "the server chose more than one subprotocol" }
        if let name = chosen.first, !request.subprotocols.contains(name) {
            return "the server chose the subprotocol `\(name.prefix(80))`, which was not offered"
        }
        return nil
    }

    /// NIO's upgrader knows the hash; nothing else of it is used, as it reads heads more leniently than a check may.
    private func isAnswer(_ accepts: [String]) -> Bool {
        let upgrader = NIOWebSocketClientUpgrader(requestKey: key) { channel, _ in
            channel.eventLoop.makeSucceededVoidFuture()
        }
        let fields = NIOHTTP1.HTTPHeaders(accepts.map { ("Sec-WebSocket-Accept", $0) })
        return upgrader.shouldAllowUpgrade(
            upgradeResponse: HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: fields))
    }
}
