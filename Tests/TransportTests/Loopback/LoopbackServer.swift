import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A server that answers each request with scripted bytes, right or wrong.
final class LoopbackServer: Sendable {
    struct Request: Sendable {
        /// Counted from 1, over all connections.
        var number: Int
        var connection: Int
        var head: String
        var body: [UInt8]

        func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                    return String(parts[1].drop { $0 == " " })
                }
            }
            return nil
        }
    }

    enum Action: Sendable {
        case send(String)
        case sendBytes([UInt8])
        /// From here on the bytes that come in are no requests.
        case upgrade
        case close
        case reset
        /// What comes now is TLS, as after the answer to CONNECT.
        case startTLS(NIOSSLContext)
    }

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var open = 0
        var raw: [UInt8] = []
        var greeting: [UInt8] = []
    }

    typealias Script = @Sendable (Request) -> [Action]

    private let state = Mutex(State())
    private let script: Script
    private let channel = Mutex<(any Channel)?>(nil)

    private init(_ script: @escaping Script) {
        self.script = script
    }

    deinit {
        channel.withLock { $0 }?.close(promise: nil)
    }

    static func start(
        unixSocket: String? = nil, tls: NIOSSLContext? = nil, _ script: @escaping Script
    ) async throws -> LoopbackServer {
        let server = LoopbackServer(script)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [weak server] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let server else { return }
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(server))
                }
            }
        let channel =
            if let unixSocket {
                try await bootstrap.bind(unixDomainSocketPath: unixSocket).get()
            } else {
                try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            }
        server.channel.withLock { $0 = channel }
        return server
    }

    var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }
    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }
    var openConnections: Int { state.withLock { $0.open } }
    /// What came in after the upgrade.
    var raw: [UInt8] { state.withLock { $0.raw } }

    /// Sent to every connection before anything has come from it.
    var greeting: [UInt8] {
        get { state.withLock { $0.greeting } }
        set { state.withLock { $0.greeting = newValue } }
    }

    fileprivate func connected() -> Int {
        state.withLock {
            $0.connections += 1
            $0.open += 1
            return $0.connections
        }
    }

    fileprivate func disconnected() { state.withLock { $0.open -= 1 } }
    fileprivate func take(raw bytes: [UInt8]) { state.withLock { $0.raw += bytes } }

    fileprivate func answer(connection: Int, head: String, body: [UInt8]) -> [Action] {
        let request = state.withLock { state in
            let request = Request(
                number: state.requests.count + 1, connection: connection, head: head, body: body)
            state.requests.append(request)
            return request
        }
        return script(request)
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: LoopbackServer
    private var connection = 0
    private var received: [UInt8] = []
    private var isUpgraded = false

    init(_ server: LoopbackServer) { self.server = server }

    func channelActive(context: ChannelHandlerContext) {
        connection = server.connected()
        if !server.greeting.isEmpty {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: server.greeting)), promise: nil)
        }
    }
    func channelInactive(context: ChannelHandlerContext) { server.disconnected() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        guard !isUpgraded else { return server.take(raw: bytes) }
        received += bytes
        while !isUpgraded, let request = nextRequest() {
            for action in server.answer(connection: connection, head: request.head, body: request.body) {
                perform(action, context)
            }
        }
    }

    private func nextRequest() -> (head: String, body: [UInt8])? {
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let head = String(text[..<end.lowerBound])
        let lengthLine = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        let length = lengthLine.flatMap { Int($0.dropFirst(15).filter { $0 != " " }) } ?? 0
        let start = head.utf8.count + 4
        guard received.count >= start + length else { return nil }
        defer { received.removeFirst(start + length) }
        return (head, Array(received[start..<start + length]))
    }

    private func perform(_ action: LoopbackServer.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .send(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .sendBytes(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        case .upgrade: isUpgraded = true
        case .close: context.close(promise: nil)
        case .startTLS(let tls):
            let handler = NIOSSLServerHandler(context: tls)
            try? context.pipeline.syncOperations.addHandler(handler, position: .first)
        case .reset:
            // Closing with bytes unsent and no time to send them is a reset.
            let options = context.channel as? any SocketOptionProvider
            let channel = context.channel
            options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}

extension String {
    /// As Foundation has it.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        let (whole, wanted) = (Array(utf8), Array(text.utf8))
        guard whole.count >= wanted.count else { return nil }
        for start in 0...(whole.count - wanted.count) where whole[start] == wanted[0] {
            if Array(whole[start..<start + wanted.count]) == wanted {
                let lower = utf8.index(startIndex, offsetBy: start)
                return lower..<utf8.index(lower, offsetBy: wanted.count)
            }
        }
        return nil
    }
}

/// Waits until the condition holds; false when it does not in time.
func eventually(within limit: Duration = .seconds(5), _ condition: () -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while !condition() {
        if ContinuousClock.now > end { return false }
        try? await Task.sleep(for: .milliseconds(2))
    }
    return true
}
