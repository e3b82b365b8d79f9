import NIOCore
import NIOHTTP1
import NIOPosix

/// A connection of the program that is watched: one request at a time, both bodies passed through as they come, and read
/// only as fast as the other side takes them.
final class ProxyCaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let connectTimeout = TimeAmount.seconds(30)

    private let core: ProxyCore
    private let channel: any Channel
    private let heads: ProxyHeads
    private let isReverse: Bool
    private let encoder: HTTPResponseEncoder
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private var backlog = CircularBuffer<HTTPServerRequestPart>()
    private var exchange: ProxyExchange?
    private var upstream: ProxyUpstream?
    private var isConnecting = false
    private var isDraining = false
    private var isClosing = false

    /// - Parameter reversePort: the port that leads to the target.
    static func add(to channel: any Channel, _ core: ProxyCore, reversePort: Int, isReverse: Bool) throws {
        let caller = ProxyCaller(channel, core, reversePort, isReverse)
        try channel.pipeline.syncOperations.addHandlers([caller.encoder, caller.decoder, caller])
    }

    private init(_ channel: any Channel, _ core: ProxyCore, _ reversePort: Int, _ isReverse: Bool) {
        self.channel = channel
        self.core = core
        self.isReverse = isReverse
        heads = ProxyHeads(target: core.target, port: reversePort, added: core.settings.headers)
        var configuration = HTTPResponseEncoder.Configuration()
        configuration.automaticallySetFramingHeaders = false
        encoder = HTTPResponseEncoder(configuration: configuration)
        decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
    }

    // MARK: - Reading

    func channelActive(context: ChannelHandlerContext) { context.read() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        backlog.append(unwrapInboundIn(data))
        drain()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        upstream?.flush()
        readIfWanted()
    }

    func readIfWanted() {
        guard channel.isActive, backlog.isEmpty, !isConnecting else { return }
        // Behind an offer to leave HTTP, or a tunnel's request, come bytes that are no request.
        if let exchange, exchange.requestEnded, exchange.isUpgrade || exchange.request.method == .CONNECT { return }
        if exchange != nil, let upstream, !upstream.isWritable { return }
        channel.pipeline.syncOperations.read()
    }

    private func drain() {
        guard !isDraining else { return }
        isDraining = true
        defer { isDraining = false }
        while exchange?.requestEnded != true, !isClosing, let part = backlog.popFirst() { take(part) }
    }

    private func take(_ part: HTTPServerRequestPart) {
        if case .head(let head) = part { return begin(head) }
        if case .end = part { exchange?.requestEnded = true }
        guard exchange != nil else { return }
        if isConnecting || upstream == nil { exchange?.waiting.append(part) } else { pass(part) }
    }

    private func pass(_ part: HTTPServerRequestPart) {
        switch part {
        case .head: break
        case .body(let bytes): upstream?.send(.body(.byteBuffer(bytes)))
        case .end(let trailers):
            upstream?.send(.end(trailers))
            upstream?.flush()
        }
    }

    // MARK: - Requests

    private func begin(_ head: HTTPRequestHead) {
        guard let (named, path) = destination(of: head) else {
            return answer(.badRequest, "this is a proxy: it wants a whole address, or CONNECT\n")
        }
        let isTunnel = head.method == .CONNECT
        // Libraries that send everything through a proxy ask it for the other address of this very proxy, too.
        let isTurned = isReverse || !isTunnel && isOwnAddress(named)
        let destination = isTurned ? core.target : named
        exchange = ProxyExchange(
            request: head, destination: destination, path: path, isUpgrade: ProxyHeads.isUpgrade(head),
            isTurned: isTurned, keepAlive: head.isKeepAlive)
        if !isTunnel { core.tally.asked(destination.authority) }
        if head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
            channel.flush()
        }
        if !isTunnel, let upstream, upstream.destination == destination, upstream.isReusable { return send() }
        upstream?.close()
        upstream = nil
        connect(to: destination, isTunnel: isTunnel)
    }

    private func destination(of head: HTTPRequestHead) -> (ProxyDestination, String)? {
        if isReverse {
            // What a client that takes this address for a proxy writes is its own affair.
            return head.uri.hasPrefix("/") || head.uri == "*" ? (core.target, head.uri) : nil
        }
        if head.method == .CONNECT { return ProxyDestination(authority: head.uri).map { ($0, "") } }
        guard let destination = ProxyDestination(url: head.uri), let parts = URLParts(head.uri) else { return nil }
        return (destination, parts.target)
    }

    private func isOwnAddress(_ destination: ProxyDestination) -> Bool {
        destination.authority == "127.0.0.1:\(heads.port)"
    }

    private func connect(to destination: ProxyDestination, isTunnel: Bool) {
        isConnecting = true
        // What is inside of a tunnel to the own address is counted where it comes out.
        if !isTunnel || !isOwnAddress(destination) { core.tally.connected(to: destination.authority) }
        ProxyUpstream.connect(
            to: destination, core.settings.network, on: channel.eventLoop, within: Self.connectTimeout,
            isRaw: isTunnel, for: self
        ).assumeIsolated().whenComplete { [self] result in
            isConnecting = false
            switch result {
            case .success(let connection):
                guard channel.isActive, !isClosing else { return connection.close() }
                upstream = connection
                if isTunnel { openTunnel(connection) } else { send() }
            case .failure: answer(.badGateway, "`\(destination.authority)` cannot be reached\n")
            }
        }
    }

    private func send() {
        guard let exchange, let upstream else { return }
        let waiting = exchange.waiting
        self.exchange?.waiting = []
        upstream.send(
            .head(
                heads.request(
                    exchange.request, to: exchange.destination, path: exchange.path,
                    isTarget: core.isTarget(exchange.destination))))
        for part in waiting { pass(part) }
        upstream.flush()
        upstream.read()
        drain()
        readIfWanted()
    }

    // MARK: - Answers

    func received(_ head: HTTPResponseHead) {
        guard let exchange else { return }
        self.exchange?.answered = true
        let revision = core.settings.identityHeader.flatMap { head.headers.first(name: $0) }
        core.tally.answered(exchange.destination.authority, revision: revision, at: ProxyExchange.now)
        let answer = heads.answer(head, to: exchange.request, isTurned: exchange.isTurned)
        if answer.endsWithConnection { self.exchange?.keepAlive = false }
        write(.head(answer.head))
        self.exchange?.isSwitching = head.status == .switchingProtocols && exchange.isUpgrade
    }

    func received(_ bytes: ByteBuffer) { write(.body(.byteBuffer(bytes))) }

    func receivedEnd(_ trailers: NIOHTTP1.HTTPHeaders?) {
        guard let exchange else { return }
        if exchange.isSwitching, let upstream {
            channel.flush()
            self.exchange = nil
            return leaveHTTP(to: upstream)
        }
        write(.end(trailers))
        channel.flush()
        let keepAlive = exchange.keepAlive && exchange.requestEnded
        self.exchange = nil
        if upstream?.isReusable == false {
            upstream?.close()
            upstream = nil
        }
        guard keepAlive else { return closeAfterFlush() }
        drain()
        readIfWanted()
    }

    func receivedAll() {
        channel.flush()
        if channel.isWritable { upstream?.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { upstream?.read() }
    }

    func upstreamClosed(_ connection: ProxyUpstream) {
        guard upstream === connection else { return }
        upstream = nil
        guard let exchange else { return }
        if exchange.answered {
            // Half an answer must look like one.
            channel.close(promise: nil)
        } else {
            answer(.badGateway, "`\(exchange.destination.authority)` closed the connection without an answer\n")
        }
    }

    private func answer(_ status: HTTPResponseStatus, _ text: String) {
        let headers = NIOHTTP1.HTTPHeaders([
            ("content-type", "text/plain"), ("content-length", String(text.utf8.count)), ("connection", "close"),
        ])
        write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
        if exchange?.request.method != .HEAD { write(.body(.byteBuffer(ByteBuffer(string: text)))) }
        write(.end(nil))
        channel.flush()
        exchange = nil
        closeAfterFlush()
    }

    private func write(_ part: HTTPServerResponsePart) {
        channel.pipeline.syncOperations.write(NIOAny(part), promise: nil)
    }

    private func closeAfterFlush() {
        isClosing = true
        upstream?.close()
        let channel = self.channel
        let last = channel.eventLoop.makePromise(of: Void.self)
        last.futureResult.whenComplete { _ in channel.close(promise: nil) }
        channel.pipeline.syncOperations.writeAndFlush(
            NIOAny(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer()))), promise: last)
    }

    // MARK: - Tunnels

    private func openTunnel(_ connection: ProxyUpstream) {
        write(.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        channel.flush()
        exchange = nil
        leaveHTTP(to: connection)
    }

    private func leaveHTTP(to connection: ProxyUpstream) {
        let (authority, tally) = (connection.destination.authority, core.tally)
        let isTunnel = connection.isRaw && !isOwnAddress(connection.destination)
        upstream = nil
        let (toCaller, toTarget) = Tunnel.pair { toCaller, toTarget in
            // Nobody looks into a tunnel; that somebody was asked and answered is seen all the same.
            if isTunnel, toCaller > 0, toTarget > 0 { tally.answered(authority, revision: nil, at: ProxyExchange.now) }
        }
        var rawSides = 0
        let startWhenRaw = {
            rawSides += 1
            guard rawSides == 2 else { return }
            toTarget.start()
            toCaller.start()
        }
        do {
            try connection.becomeTunnel(toTarget, isRaw: startWhenRaw)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(toCaller)
            pipeline.removeHandler(encoder, promise: nil)
            pipeline.removeHandler(self, promise: nil)
            // Last, as removing it hands the bytes that it has left to whoever is next.
            pipeline.removeHandler(decoder).assumeIsolated().whenComplete { _ in startWhenRaw() }
        } catch {
            connection.close()
            channel.close(promise: nil)
        }
    }

    // MARK: - Ends

    func channelInactive(context: ChannelHandlerContext) {
        upstream?.close()
        upstream = nil
        exchange = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, !isClosing, exchange?.answered != true else {
            return context.close(promise: nil)
        }
        answer(.badRequest, "this is no request of HTTP\n")
    }
}
