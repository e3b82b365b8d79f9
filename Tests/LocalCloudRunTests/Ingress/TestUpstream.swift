import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import Synchronization

/// A container in a test: an HTTP server of its own whose paths behave as their names say.
final class TestUpstream: Sendable {
    static let bigChunk = 64 << 10
    static let bigChunks = 1024

    let name: String
    let counts = Mutex(Counts())
    private let listener = Mutex<(any Channel)?>(nil)
    private let accepted = Mutex<[any Channel]>([])

    struct Counts: Sendable {
        var connections = 0
        var requests = 0
        var bigBytesWritten = 0
    }

    private init(name: String) {
        self.name = name
    }

    var port: Int { listener.withLock { $0?.localAddress?.port ?? 0 } }

    static func start(_ name: String, streams: Bool = false) async throws -> TestUpstream {
        let upstream = TestUpstream(name: name)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    upstream.counts.withLock { $0.connections += 1 }
                    upstream.accepted.withLock { $0.append(channel) }
                    let pipeline = channel.pipeline.syncOperations
                    guard streams else {
                        try pipeline.configureHTTPServerPipeline()
                        return try pipeline.addHandler(Behaviour(upstream))
                    }
                    _ = try pipeline.configureHTTP2Pipeline(
                        mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
                    ) { stream in
                        stream.eventLoop.makeCompletedFuture {
                            try stream.pipeline.syncOperations.addHandlers([
                                HTTP2FramePayloadToHTTP1ServerCodec(), Behaviour(upstream),
                            ])
                        }
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        upstream.listener.withLock { $0 = channel }
        return upstream
    }

    /// As if the container had been killed.
    func kill() async {
        if let channel = listener.withLock({ $0 }) { try? await channel.close() }
        await dropConnections()
    }

    func dropConnections() async {
        for channel in accepted.withLock({ $0 }) { try? await channel.close() }
    }
}

private final class Behaviour: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let upstream: TestUpstream
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var bigLeft = 0

    init(_ upstream: TestUpstream) {
        self.upstream = upstream
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ByteBuffer()
            upstream.counts.withLock { $0.requests += 1 }
            if head.uri == "/echo" {
                write(context, .head(HTTPResponseHead(version: .http1_1, status: .ok)))
                context.flush()
            }
        case .body(let bytes):
            if head?.uri == "/echo" {
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
            } else {
                body.writeImmutableBuffer(bytes)
            }
        case .end:
            guard let head else { return }
            finish(head, context)
        }
    }

    private func finish(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        switch head.uri {
        case "/echo":
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case "/never":
            break
        case "/drop":
            context.close(promise: nil)
        case "/half":
            write(context, .head(HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "100"])))
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "half")))), promise: nil)
            context.close(promise: nil)
        case "/events":
            write(
                context,
                .head(HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-type": "text/event-stream"])))
            // The stream stays open: what arrives was not held back.
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "data: 1\n\n")))), promise: nil)
        case let path where path.hasPrefix("/big"):
            write(context, .head(HTTPResponseHead(version: .http1_1, status: .ok)))
            bigLeft = Int(path.dropFirst("/big/".count)) ?? TestUpstream.bigChunks
            writeBig(context)
        case "/headers":
            let lines = head.headers.map { "\($0.name.lowercased()): \($0.value)" }
            whole(context, ([head.uri] + lines).joined(separator: "\n"))
        case "/trailers":
            write(context, .head(HTTPResponseHead(version: .http1_1, status: .ok)))
            write(context, .body(.byteBuffer(ByteBuffer(string: "body"))))
            context.writeAndFlush(wrapOutboundOut(.end(["grpc-status": "0"])), promise: nil)
        case "/length":
            whole(context, String(body.readableBytes))
        default:
            whole(context, upstream.name, hasBody: head.method != .HEAD)
        }
    }

    private func whole(_ context: ChannelHandlerContext, _ text: String, hasBody: Bool = true) {
        let headers: HTTPHeaders = ["content-length": String(text.utf8.count), "server": "test"]
        write(context, .head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)))
        if hasBody { write(context, .body(.byteBuffer(ByteBuffer(string: text)))) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func writeBig(_ context: ChannelHandlerContext) {
        let chunk = ByteBuffer(repeating: UInt8(ascii: "x"), count: TestUpstream.bigChunk)
        while bigLeft > 0, context.channel.isWritable {
            bigLeft -= 1
            upstream.counts.withLock { $0.bigBytesWritten += TestUpstream.bigChunk }
            write(context, .body(.byteBuffer(chunk)))
            if bigLeft == 0 { write(context, .end(nil)) }
            context.flush()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if bigLeft > 0 { writeBig(context) }
    }

    private func write(_ context: ChannelHandlerContext, _ part: HTTPServerResponsePart) {
        context.write(wrapOutboundOut(part), promise: nil)
    }
}
