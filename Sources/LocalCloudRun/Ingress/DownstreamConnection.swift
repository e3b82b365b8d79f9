import NIOCore
import NIOHTTP1
import NIOHTTP2

import class Transport.Tunnel

/// One caller's connection, or one stream of an HTTP/2 connection: reads a request, finds its container and passes both
/// bodies through. One request at a time; what a caller sends ahead waits, and nothing more is read meanwhile.
final class DownstreamConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    let core: IngressCore
    let channel: any Channel
    /// Set where the port itself says which route is meant.
    let listeningPort: Int?
    /// Absent in a stream of HTTP/2, which carries one request and cannot become a tunnel.
    private let framing: (encoder: HTTPResponseEncoder, decoder: ByteToMessageHandler<HTTPRequestDecoder>)?
    let remoteAddress: String

    var exchange: Exchange?
    /// The rest of a request that was answered without reading it.
    var isDiscarding = false
    /// The answer under way is the last on this connection.
    var isClosing = false
    private var backlog = CircularBuffer<HTTPServerRequestPart>()
    private var isDrainingBacklog = false

    init(channel: any Channel, core: IngressCore, listeningPort: Int?) throws {
        self.channel = channel
        self.core = core
        self.listeningPort = listeningPort
        remoteAddress = channel.remoteAddress?.ipAddress ?? "unknown"
        var configuration = HTTPResponseEncoder.Configuration()
        configuration.automaticallySetFramingHeaders = false
        let encoder = HTTPResponseEncoder(configuration: configuration)
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
        framing = (encoder, decoder)
        try channel.pipeline.syncOperations.addHandlers([encoder, decoder, self])
    }

    /// Adds everything to a stream of HTTP/2.
    init(stream: any Channel, core: IngressCore, listeningPort: Int?) throws {
        channel = stream
        self.core = core
        self.listeningPort = listeningPort
        remoteAddress = stream.remoteAddress?.ipAddress ?? "unknown"
        framing = nil
        try stream.pipeline.syncOperations.addHandlers([
            EndStreamMerge(), HTTP2FramePayloadToHTTP1ServerCodec(), self,
        ])
    }

    private var isStream: Bool { framing == nil }

    // MARK: Reading

    func channelActive(context: ChannelHandlerContext) {
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        backlog.append(unwrapInboundIn(data))
        drainBacklog()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        exchange?.upstream?.flush()
        readIfWanted()
    }

    /// Reads on unless the container cannot take more, or a whole request is waiting already.
    func readIfWanted() {
        guard channel.isActive, backlog.isEmpty else { return }
        if let exchange, exchange.requestEnded {
            // After an offer to leave HTTP the decoder would only pile the bytes up.
            guard !exchange.request.offersUpgrade else { return }
        } else if let exchange {
            guard let upstream = exchange.upstream, upstream.isWritable else { return }
        }
        channel.pipeline.syncOperations.read()
    }

    /// Handles what has been read, up to the end of the request under way.
    func drainBacklog() {
        guard !isDrainingBacklog else { return }
        isDrainingBacklog = true
        defer { isDrainingBacklog = false }
        while exchange?.requestEnded != true, let part = backlog.popFirst() {
            if isClosing, !isDiscarding { continue }
            handle(part)
        }
    }

    private func handle(_ part: HTTPServerRequestPart) {
        if isDiscarding {
            if case .end = part { discarded() }
            return
        }
        if case .head(let head) = part { return begin(head) }
        guard let exchange else { return }
        switch part {
        case .head: break
        case .body(let bytes):
            // A stream may send a body that its head did not announce; passed on, it would be the next request.
            guard exchange.request.mayHaveBody || bytes.readableBytes == 0 else {
                return answer(.badRequest("unannounced body"), ending: exchange, keepAlive: false)
            }
            exchange.requestBytes += bytes.readableBytes
        case .end: exchange.requestEnded = true
        }
        // A request that may be repeated keeps its parts (its end) for the repetition.
        if exchange.upstream == nil || exchange.request.isRepeatable { exchange.waiting.append(part) }
        if let upstream = exchange.upstream { send(part, to: upstream) }
    }

    func send(_ part: HTTPServerRequestPart, to upstream: UpstreamConnection) {
        switch part {
        case .head: break
        case .body(let bytes): upstream.send(.body(.byteBuffer(bytes)))
        case .end(let trailers):
            upstream.send(.end(trailers))
            upstream.flush()
        }
    }

    // MARK: Writing

    func write(_ part: HTTPServerResponsePart) {
        guard isStream, case .end = part else {
            return channel.pipeline.syncOperations.write(NIOAny(part), promise: nil)
        }
        // A stream ends with its answer, whether or not the request was read to its end.
        let last = channel.eventLoop.makePromise(of: Void.self)
        let channel = self.channel
        last.futureResult.whenComplete { _ in channel.close(promise: nil) }
        channel.pipeline.syncOperations.write(NIOAny(part), promise: last)
    }

    func closeAfterFlush() {
        isClosing = true
        guard !isStream else { return }
        let last = channel.eventLoop.makePromise(of: Void.self)
        channel.pipeline.syncOperations.writeAndFlush(
            NIOAny(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer()))), promise: last)
        let channel = self.channel
        last.futureResult.whenComplete { _ in channel.close(promise: nil) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.upstream?.read() }
    }

    // MARK: Ends

    func channelInactive(context: ChannelHandlerContext) {
        if let exchange { callerLeft(exchange) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, !isClosing, !isStream else { return context.close(promise: nil) }
        if let exchange {
            return exchange.responseStarted
                ? context.close(promise: nil)
                : answer(.badRequest("malformed body"), ending: exchange, keepAlive: false)
        }
        answer(.badRequest("malformed request"), to: nil, keepAlive: false)
    }

    /// Leaves HTTP: `tunnel` takes over the raw bytes; `isRaw` is called when the last HTTP handler is gone.
    func becomeTunnel(_ tunnel: Tunnel, isRaw: @escaping () -> Void) throws {
        guard let (encoder, decoder) = framing else { throw ChannelError.operationUnsupported }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(tunnel)
        pipeline.removeHandler(encoder, promise: nil)
        pipeline.removeHandler(self, promise: nil)
        // Last, as removing it hands the bytes that it has left to whoever is next.
        pipeline.removeHandler(decoder).assumeIsolated().whenComplete { _ in isRaw() }
    }
}
