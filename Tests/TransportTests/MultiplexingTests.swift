import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization
import Testing

@testable import Transport

@Suite(
    .enabled(if: TestCertificates.isAvailable, "needs openssl to make certificates"), .timeLimit(.minutes(1)))
struct MultiplexingTests {
    @Test func `parallel requests share one HTTP/2 connection`() async throws {
        let certificates = try await TestCertificates.make()
        let server = try await StreamServer.start(certificates.server(.good, protocols: ["h2"]))
        let client = HTTPClient(network: certificates.trusting)
        let url = "https://localhost:\(server.port)/"
        let responses = try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
            for _ in 0..<20 { group.addTask { try await client.send(HTTPRequest("GET", url)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(responses.allSatisfy { $0.status == 200 && $0.version == "2" })
        #expect(responses.count { !$0.reusedConnection } == 1)
        #expect(server.connections == 1)
        let body = [UInt8](repeating: 7, count: 100_000)
        let last = try await client.send(HTTPRequest("POST", url, body: body))
        #expect(last.reusedConnection && last.status == 200)
        #expect(server.connections == 1)
    }
}

/// Answers every HTTP/2 request with 200, and counts the connections that it took.
private final class StreamServer: Sendable {
    private let accepted = Mutex(0)
    private let channel = Mutex<(any Channel)?>(nil)

    var connections: Int { accepted.withLock { $0 } }
    var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }

    deinit {
        channel.withLock { $0 }?.close(promise: nil)
    }

    static func start(_ tls: NIOSSLContext) async throws -> StreamServer {
        let server = StreamServer()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [weak server] channel in
                server?.accepted.withLock { $0 += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: tls))
                    _ = try pipeline.configureHTTP2Pipeline(
                        mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
                    ) { stream in
                        stream.eventLoop.makeCompletedFuture {
                            try stream.pipeline.syncOperations.addHandlers([
                                HTTP2FramePayloadToHTTP1ServerCodec(), Answer(),
                            ])
                        }
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.channel.withLock { $0 = channel }
        return server
    }
}

private final class Answer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let head = HTTPResponseHead(version: .http2, status: .ok)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
