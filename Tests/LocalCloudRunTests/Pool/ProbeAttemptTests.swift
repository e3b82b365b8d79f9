import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import Testing

@testable import LocalCloudRun

/// Single attempts against real listeners.
@Suite struct ProbeAttemptTests {
    private func listen(
        _ add: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void
    ) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try add(channel.pipeline.syncOperations) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private func attempt(_ kind: Probe.Kind, _ channel: any Channel, isProxied: Bool = false) async -> ProbeAttempt {
        let target = ProbeTarget(
            host: "127.0.0.1", port: channel.localAddress?.port ?? 0, isProxied: isProxied)
        return await ProbeAttempt.run(kind, at: target, timeout: .seconds(5))
    }

    @Test func `a listener passes a connection, and what accepts and closes is no listener behind a proxy`()
        async throws
    {
        let open = try await listen { _ in }
        #expect(await attempt(.tcp, open) == .passed)
        #expect(await attempt(.tcp, open, isProxied: true) == .passed)
        let closing = try await listen { try $0.addHandler(Closing()) }
        #expect(await attempt(.tcp, closing, isProxied: true) == .refused)
        let port = closing.localAddress?.port ?? 0
        try await closing.close()
        let target = ProbeTarget(host: "127.0.0.1", port: port, isProxied: false)
        #expect(await ProbeAttempt.run(.tcp, at: target, timeout: .seconds(5)) == .refused)
        try await open.close()
    }

    @Test(
        arguments: [
            (Health(status: "200", message: [0, 0, 0, 0, 2, 8, 1], grpcStatus: "0"), ProbeAttempt.passed),
            (Health(status: "200", message: [0, 0, 0, 0, 2, 8, 2], grpcStatus: "0"), .answered(status: 200)),
            (Health(status: "200", message: [], grpcStatus: "12"), .answered(status: 200)),
            (Health(status: "503", message: [], grpcStatus: nil), .answered(status: 503)),
        ])
    func `a gRPC server is up when it says SERVING`(health: Health, outcome: ProbeAttempt) async throws {
        let server = try await listen { pipeline in
            try pipeline.addHandlers([NIOHTTP2Handler(mode: .server), HealthServer(health)])
        }
        #expect(await attempt(.grpc(service: "x"), server) == outcome)
        try await server.close()
    }

    @Test func `what is no gRPC server is not up`() async throws {
        let closing = try await listen { try $0.addHandler(Closing()) }
        #expect(await attempt(.grpc(service: ""), closing) == .refused)
        try await closing.close()
    }
}

struct Health: Hashable, Sendable {
    var status: String
    var message: [UInt8]
    var grpcStatus: String?
}

private final class Closing: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        context.close(promise: nil)
    }
}

/// Answers every call with the same health, as a gRPC server frames it.
private final class HealthServer: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private let health: Health

    init(_ health: Health) {
        self.health = health
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard case .data(let content) = frame.payload, content.endStream else { return }
        func write(_ payload: HTTP2Frame.FramePayload) {
            context.write(wrapOutboundOut(HTTP2Frame(streamID: frame.streamID, payload: payload)), promise: nil)
        }
        let head = HPACKHeaders([(":status", health.status), ("content-type", "application/grpc")])
        write(.headers(.init(headers: head, endStream: health.grpcStatus == nil)))
        if let grpcStatus = health.grpcStatus {
            let body = context.channel.allocator.buffer(bytes: health.message)
            if !health.message.isEmpty { write(.data(.init(data: .byteBuffer(body)))) }
            write(.headers(.init(headers: HPACKHeaders([("grpc-status", grpcStatus)]), endStream: true)))
        }
        context.flush()
    }
}
