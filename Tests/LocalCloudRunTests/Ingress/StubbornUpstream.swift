import NIOCore
import NIOPosix

/// A container that refuses every upgrade with 403, keeps the connection and then reads nothing more from it, as
/// servers do whose decoder has left HTTP with the offer. Any other first request is answered with 200.
struct StubbornUpstream {
    let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }

    static func start() async throws -> StubbornUpstream {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Script())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return StubbornUpstream(channel: channel)
    }

    private final class Script: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var head = ""
        private var isDeaf = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !isDeaf else { return }
            head += String(buffer: unwrapInboundIn(data))
            guard head.hasSuffix("\r\n\r\n") else { return }
            isDeaf = head.lowercased().contains("\r\nupgrade:")
            head = ""
            let status = isDeaf ? "403 Forbidden" : "200 OK"
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 \(status)\r\nContent-Length: 2\r\n\r\nok")), promise: nil)
        }
    }
}
