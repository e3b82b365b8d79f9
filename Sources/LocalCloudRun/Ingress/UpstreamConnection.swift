import NIOCore
import NIOHTTP1
import NIOHTTP2

import class Transport.Tunnel

/// What a caller's connection hears from its connection to the container.
protocol UpstreamClient: AnyObject {
    func upstreamHead(_ head: HTTPResponseHead, from connection: UpstreamConnection)
    func upstreamBody(_ bytes: ByteBuffer, from connection: UpstreamConnection)
    func upstreamEnd(trailers: HTTPHeaders?, from connection: UpstreamConnection)
    /// Everything that one read brought was handed over.
    func upstreamReadComplete(from connection: UpstreamConnection)
    func upstreamWritable(from connection: UpstreamConnection)
    func upstreamClosed(malformed: Bool, from connection: UpstreamConnection)
}

/// One connection to a container, used for one request at a time and kept between requests; or one stream of an
/// HTTP/2 connection, which carries a single request.
final class UpstreamConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    let key: UpstreamPool.Key
    let channel: any Channel
    private let pool: UpstreamPool
    /// Absent in a stream of HTTP/2.
    private let framing: (encoder: HTTPRequestEncoder, decoder: ByteToMessageHandler<HTTPResponseDecoder>)?
    var client: (any UpstreamClient)?
    /// It has served a request before: the container may have closed it in the meantime.
    private(set) var wasUsed = false
    private(set) var isReusable = true
    private var sawError = false
    private var isIdle = false
    private var idleTimer: Scheduled<Void>?

    /// Adds everything to a new channel.
    init(channel: any Channel, key: UpstreamPool.Key, pool: UpstreamPool) throws {
        self.channel = channel
        self.key = key
        self.pool = pool
        var configuration = HTTPRequestEncoder.Configuration()
        configuration.automaticallySetFramingHeaders = false
        let encoder = HTTPRequestEncoder(configuration: configuration)
        let decoder = ByteToMessageHandler(
            HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop))
        framing = (encoder, decoder)
        try channel.pipeline.syncOperations.addHandlers([encoder, decoder, self])
    }

    /// Adds everything to a new stream. `wasUsed` says that the connection it belongs to had served before.
    init(stream: any Channel, key: UpstreamPool.Key, pool: UpstreamPool, wasUsed: Bool) throws {
        channel = stream
        self.key = key
        self.pool = pool
        self.wasUsed = wasUsed
        framing = nil
        isReusable = false
        try stream.pipeline.syncOperations.addHandlers([
            HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: .http), self,
        ])
    }

    var isStream: Bool { framing == nil }

    var isActive: Bool { channel.isActive }
    var isWritable: Bool { channel.isWritable }

    func send(_ part: HTTPClientRequestPart) {
        channel.pipeline.syncOperations.write(NIOAny(part), promise: nil)
    }

    func flush() {
        channel.flush()
    }

    func read() {
        channel.pipeline.syncOperations.read()
    }

    func close() {
        isReusable = false
        client = nil
        channel.close(promise: nil)
    }

    /// Gives the connection back after a whole answer.
    func release() {
        client = nil
        wasUsed = true
        guard isReusable, channel.isActive else { return close() }
        isIdle = true
        // Common servers close idle connections after five seconds; going first avoids the race with them.
        idleTimer = channel.eventLoop.assumeIsolated().scheduleTask(in: .seconds(4)) { [self] in
            if isIdle { close() }
        }
        pool.put(self)
        // A read is always outstanding, so that a close is seen at once.
        read()
    }

    func take(for client: any UpstreamClient) {
        isIdle = false
        idleTimer?.cancel()
        idleTimer = nil
        self.client = client
    }

    /// Leaves HTTP: `tunnel` takes over the raw bytes. `isRaw` is called when the last HTTP handler is gone, which is
    /// later, as the decoder finishes what it is doing.
    func becomeTunnel(_ tunnel: Tunnel, isRaw: @escaping () -> Void) throws {
        guard let (encoder, decoder) = framing else { throw ChannelError.operationUnsupported }
        client = nil
        isReusable = false
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(tunnel)
        pipeline.removeHandler(encoder, promise: nil)
        pipeline.removeHandler(self, promise: nil)
        // Last, as removing it hands the bytes that it has left to whoever is next.
        pipeline.removeHandler(decoder).assumeIsolated().whenComplete { _ in isRaw() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let client else {
            // Bytes that nobody asked for: the connection is out of step.
            return close()
        }
        switch unwrapInboundIn(data) {
        case .head(let head) where isStream && head.status.code < 200:
            // What the decoder of HTTP/1.1 drops by itself; a stream cannot switch protocols.
            break
        case .head(let head):
            if !head.isKeepAlive { isReusable = false }
            client.upstreamHead(head, from: self)
        case .body(let bytes):
            client.upstreamBody(bytes, from: self)
        case .end(let trailers):
            client.upstreamEnd(trailers: trailers, from: self)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        client?.upstreamReadComplete(from: self)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { client?.upstreamWritable(from: self) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError { sawError = true }
        isReusable = false
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isReusable = false
        idleTimer?.cancel()
        pool.remove(self)
        let client = self.client
        self.client = nil
        client?.upstreamClosed(malformed: sawError, from: self)
    }
}
