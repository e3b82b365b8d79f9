import NIOCore
import NIOHTTP1
import NIOWebSocket

/// What the server made of the upgrade request.
enum WebSocketAnswer: Sendable {
    case upgraded(any Channel, WebSocketInbox, subprotocol: String?)
    case refused(EventLoopFuture<WebSocketError>)
    case violated(reason: String)
}

/// The HTTP side of the opening: request head, upgrade, refusal.
struct WebSocketHandshake: Sendable {
    let url: URLParts
    let request: WebSocketRequest
    let userAgent: String

    func configure(_ channel: any Channel) throws -> EventLoopFuture<WebSocketAnswer> {
        let upgrader = NIOTypedWebSocketClientUpgrader<WebSocketAnswer>(
            maxFrameSize: min(max(request.maximumMessageBytes, 125), 1 << 30), enableAutomaticErrorHandling: false
        ) { channel, head in
            channel.eventLoop.makeCompletedFuture { try upgrade(channel, head) }
        }
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                upgradeRequestHead: head, upgraders: [upgrader]
            ) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let promise = channel.eventLoop.makePromise(of: WebSocketError.self)
                    try channel.pipeline.syncOperations.addHandler(RefusalCollector(promise))
                    return .refused(promise.futureResult)
                }
            })
        // The first frames may have come in one packet with the answer.
        configuration.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: configuration)
    }

    private var head: HTTPRequestHead {
        var headers = NIOHTTP1.HTTPHeaders()
        if request.headers["Host"] == nil { headers.add(name: "Host", value: url.authority) }
        if request.headers["User-Agent"] == nil { headers.add(name: "User-Agent", value: userAgent) }
        for field in request.headers.fields { headers.add(name: field.name, value: field.value) }
        if !request.subprotocols.isEmpty {
            headers.add(name: "Sec-WebSocket-Protocol", value: request.subprotocols.joined(separator: ", "))
        }
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: url.target, headers: headers)
    }

    private func upgrade(_ channel: any Channel, _ head: HTTPResponseHead) throws -> WebSocketAnswer {
        let chosen = head.headers.first(name: "Sec-WebSocket-Protocol")
        if let chosen, !request.subprotocols.contains(chosen) {
            return .violated(reason: "the server chose the subprotocol `\(chosen.prefix(80))`, which was not offered")
        }
        if let extensions = head.headers.first(name: "Sec-WebSocket-Extensions") {
            return .violated(reason: "the server uses the extension `\(extensions.prefix(80))`, which was not offered")
        }
        let inbox = WebSocketInbox()
        try channel.pipeline.syncOperations.addHandler(
            WebSocketFrameHandler(inbox, maximumMessageBytes: request.maximumMessageBytes))
        return .upgraded(channel, inbox, subprotocol: chosen)
    }
}

/// Collects an answer that is not an upgrade, as much of it as arrives.
private final class RefusalCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private static let maximumBodyBytes = 64 << 10

    private let promise: EventLoopPromise<WebSocketError>
    private var status = 0
    private var headers = HTTPHeaders()
    private var body: [UInt8] = []

    init(_ promise: EventLoopPromise<WebSocketError>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = Int(head.status.code)
            headers = HTTPHeaders(head.headers.map { HTTPHeaders.Field($0.name, $0.value) })
        case .body(let buffer):
            body.append(contentsOf: buffer.readableBytesView.prefix(Self.maximumBodyBytes - body.count))
            if body.count >= Self.maximumBodyBytes { finish() }
        case .end:
            finish()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
    }

    private func finish() {
        promise.succeed(.refused(status: status, headers: headers, body: body))
    }
}
