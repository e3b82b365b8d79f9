import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

/// Answers every stream with scripted frames of HTTP/2, right or wrong; without TLS the client must know beforehand.
final class HTTP2ScriptServer: Sendable {
    enum Action: Sendable {
        case headers([(String, String)], end: Bool = false)
        case data([UInt8], end: Bool = false)
        case reset
        case goAway
        case close
    }

    struct Request: Sendable {
        var headers: [String: String]
        var body: [UInt8]
    }

    private let script: @Sendable (Request) -> [Action]
    private let asked = Mutex<[Request]>([])
    private let connected = Mutex(0)
    private let channel = Mutex<(any Channel)?>(nil)

    var requests: [Request] { asked.withLock { $0 } }
    var connections: Int { connected.withLock { $0 } }
    var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }

    private init(_ script: @escaping @Sendable (Request) -> [Action]) {
        self.script = script
    }

    deinit {
        channel.withLock { $0 }?.close(promise: nil)
    }

    static func start(
        tls: NIOSSLContext? = nil, _ script: @escaping @Sendable (Request) -> [Action]
    ) async throws -> HTTP2ScriptServer {
        let server = HTTP2ScriptServer(script)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [weak server] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let server else { return }
                    server.connected.withLock { $0 += 1 }
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandlers([NIOHTTP2Handler(mode: .server), StreamScript(server)])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.channel.withLock { $0 = channel }
        return server
    }

    fileprivate func take(_ request: Request) -> [Action] {
        asked.withLock { $0.append(request) }
        return script(request)
    }
}

private final class StreamScript: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private let server: HTTP2ScriptServer
    private var open: [HTTP2StreamID: HTTP2ScriptServer.Request] = [:]

    init(_ server: HTTP2ScriptServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let content):
            let fields = content.headers.map { ($0.name, $0.value) }
            open[frame.streamID] = .init(headers: Dictionary(fields) { $1 }, body: [])
            if content.endStream { answer(frame.streamID, context) }
        case .data(let content):
            if case .byteBuffer(let bytes) = content.data {
                open[frame.streamID]?.body += Array(bytes.readableBytesView)
            }
            if content.endStream { answer(frame.streamID, context) }
        default: break
        }
    }

    private func answer(_ stream: HTTP2StreamID, _ context: ChannelHandlerContext) {
        guard let request = open.removeValue(forKey: stream) else { return }
        for action in server.take(request) {
            switch action {
            case .headers(let fields, let end):
                write(.headers(.init(headers: HPACKHeaders(fields), endStream: end)), stream, context)
            case .data(let bytes, let end):
                let buffer = context.channel.allocator.buffer(bytes: bytes)
                write(.data(.init(data: .byteBuffer(buffer), endStream: end)), stream, context)
            case .reset: write(.rstStream(.internalError), stream, context)
            case .goAway:
                let payload = HTTP2Frame.FramePayload.goAway(
                    lastStreamID: .rootStream, errorCode: .noError, opaqueData: nil)
                write(payload, .rootStream, context)
            case .close:
                context.flush()
                context.close(promise: nil)
            }
        }
        context.flush()
    }

    private func write(
        _ payload: HTTP2Frame.FramePayload, _ stream: HTTP2StreamID, _ context: ChannelHandlerContext
    ) {
        context.write(wrapOutboundOut(HTTP2Frame(streamID: stream, payload: payload)), promise: nil)
    }
}
