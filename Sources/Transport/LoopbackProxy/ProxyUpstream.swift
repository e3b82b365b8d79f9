import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The proxy's connection to whom its caller asks.
final class ProxyUpstream: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    let destination: ProxyDestination
    /// Bytes alone, for a tunnel.
    let isRaw: Bool
    private let channel: any Channel
    private let encoder: HTTPRequestEncoder?
    private let decoder: ByteToMessageHandler<HTTPResponseDecoder>?
    private var caller: ProxyCaller?
    private(set) var isReusable = true

    private init(_ channel: any Channel, _ destination: ProxyDestination, isRaw: Bool, _ caller: ProxyCaller) throws {
        self.channel = channel
        self.destination = destination
        self.isRaw = isRaw
        self.caller = caller
        guard !isRaw else {
            (encoder, decoder) = (nil, nil)
            return
        }
        var configuration = HTTPRequestEncoder.Configuration()
        configuration.automaticallySetFramingHeaders = false
        let encoder = HTTPRequestEncoder(configuration: configuration)
        let decoder = ByteToMessageHandler(
            HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop))
        (self.encoder, self.decoder) = (encoder, decoder)
        try channel.pipeline.syncOperations.addHandlers([encoder, decoder, self])
    }

    /// Opens one on the loop of its caller.
    static func connect(
        to destination: ProxyDestination, _ network: NetworkSettings, on loop: any EventLoop,
        within limit: TimeAmount, isRaw: Bool, for caller: ProxyCaller
    ) -> EventLoopFuture<ProxyUpstream> {
        // glibc does not resolve names below localhost (RFC 6761 section 6.3).
        let isLocalName = destination.host == "localhost" || destination.host.hasSuffix(".localhost")
        var host = isLocalName ? "127.0.0.1" : destination.host
        var port = destination.port
        var proxy: Proxy?
        if let url = URLParts("\(destination.isSecure ? "https" : "http")://\(destination.hostField)/") {
            switch network.proxies.route(to: url) {
            case .direct: break
            case .through(let named) where named.scheme == "http":
                proxy = named
                (host, port) = (named.host, named.port)
            case .through, .unusable: return loop.makeFailedFuture(ChannelError.operationUnsupported)
            }
        }
        let bound = NIOLoopBound(caller, eventLoop: loop)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(limit)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { [proxy] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let proxy {
                        let name = destination.host.contains(":") ? "[\(destination.host)]" : destination.host
                        try pipeline.addHandler(
                            ProxyTunnel(proxy, target: "\(name):\(destination.port)", userAgent: "stagectl"))
                    }
                    if destination.isSecure {
                        try WebSocketTLS.addHandler(to: channel, host: destination.host, network: network)
                    }
                }
            }
        let opened: EventLoopFuture<any Channel>
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            opened = bootstrap.connect(to: address)
        } else {
            opened = bootstrap.resolver(SharedNameLookup(loop)).connect(host: host, port: port)
        }
        return opened.flatMapThrowing { channel in
            NIOLoopBound(try ProxyUpstream(channel, destination, isRaw: isRaw, bound.value), eventLoop: loop)
        }.assumeIsolated().map { $0.value }.nonisolated()
    }

    var isWritable: Bool { channel.isWritable }

    func send(_ part: HTTPClientRequestPart) { channel.pipeline.syncOperations.write(NIOAny(part), promise: nil) }

    func flush() { channel.flush() }

    func read() { channel.pipeline.syncOperations.read() }

    func close() {
        isReusable = false
        caller = nil
        channel.close(promise: nil)
    }

    /// Leaves HTTP: `tunnel` takes over the raw bytes; `isRaw` is called when the last HTTP handler is gone.
    func becomeTunnel(_ tunnel: Tunnel, isRaw: @escaping () -> Void) throws {
        caller = nil
        isReusable = false
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(tunnel)
        guard let encoder, let decoder else { return isRaw() }
        pipeline.removeHandler(encoder, promise: nil)
        pipeline.removeHandler(self, promise: nil)
        pipeline.removeHandler(decoder).assumeIsolated().whenComplete { _ in isRaw() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let caller else { return close() }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if !head.isKeepAlive { isReusable = false }
            caller.received(head)
        case .body(let bytes): caller.received(bytes)
        case .end(let trailers): caller.receivedEnd(trailers)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { caller?.receivedAll() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { caller?.readIfWanted() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isReusable = false
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isReusable = false
        let caller = self.caller
        self.caller = nil
        caller?.upstreamClosed(self)
    }
}
