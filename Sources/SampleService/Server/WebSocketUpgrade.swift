import Crypto
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Turns one HTTP connection into a WebSocket (RFC 6455 section 4.2.2). Any request of a connection may ask for it,
/// not only the first: a proxy may send the upgrade on a connection of its pool.
struct WebSocketUpgrade {
    private static let maximumMessage = 64 * 1024

    let encoder: HTTPResponseEncoder
    let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    let others: [any ChannelHandler & RemovableChannelHandler]

    func perform(
        _ opening: SocketOpening, effects: [Effect], application: Application, requests: RequestHandler,
        context: ChannelHandlerContext
    ) {
        var headers: HTTPHeaders = [
            "x-revision": application.settings.revision, "upgrade": "websocket", "connection": "upgrade",
            "sec-websocket-accept": Self.accept(opening.key),
        ]
        if let subprotocol = opening.subprotocol { headers.add(name: "sec-websocket-protocol", value: subprotocol) }
        for case .header(let name, let value) in effects {
            headers.remove(name: name)
            if let value { headers.add(name: name, value: value) }
        }
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(requests.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(requests.wrapOutboundOut(.end(nil)), promise: nil)

        // The decoder goes last: it then hands on the frames that came in the same packet as the request.
        let channel = context.channel
        let pipeline = channel.pipeline.syncOperations
        let session = WebSocketSession(
            opening, application: application, effects: effects,
            breaks: application.settings.faults.contains(.webSocket1011))
        var removals = others.map { pipeline.removeHandler($0) }
        removals.append(pipeline.removeHandler(requests))
        removals.append(pipeline.removeHandler(encoder))
        EventLoopFuture.andAllSucceed(removals, on: channel.eventLoop).assumeIsolated().flatMapThrowing {
            try pipeline.addHandlers([
                WebSocketFrameEncoder(),
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: Self.maximumMessage)),
                WebSocketProtocolErrorHandler(),
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 256,
                    maxAccumulatedFrameSize: Self.maximumMessage),
                session,
            ])
            pipeline.removeHandler(decoder, promise: nil)
            session.begin()
        }.whenFailure { _ in channel.close(promise: nil) }
    }

    private static func accept(_ key: String) -> String {
        let text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        return Base64.encode(Array(Insecure.SHA1.hash(data: Array(text.utf8))))
    }
}
