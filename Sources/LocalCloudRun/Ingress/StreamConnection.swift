import NIOCore
import NIOHTTP2
import Synchronization

/// One HTTP/2 connection to a container.
final class StreamConnection: Sendable {
    let channel: any Channel
    let multiplexer: NIOHTTP2Handler.StreamMultiplexer
    private let isLeaving = Mutex(false)

    /// Adds everything to a new channel that does not read yet.
    init(channel: any Channel) throws {
        self.channel = channel
        let pipeline = channel.pipeline.syncOperations
        // A container opens no streams of its own: nobody asked for pushes.
        multiplexer = try pipeline.configureHTTP2Pipeline(
            mode: .client, connectionConfiguration: .init(), streamConfiguration: .ofIngress
        ) { $0.close() }
        try pipeline.addHandlers([GoAwayWatch { [self] in isLeaving.withLock { $0 = true } }, CloseOnError()])
        try channel.syncOptions?.setOption(.autoRead, value: true)
    }

    var takesStreams: Bool { channel.isActive && !isLeaving.withLock { $0 } }
}

/// Sees that a container takes no further streams (RFC 9113 section 6.8); those under way go on.
private final class GoAwayWatch: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let onGoAway: () -> Void

    init(_ onGoAway: @escaping () -> Void) {
        self.onGoAway = onGoAway
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .goAway = unwrapInboundIn(data).payload { onGoAway() }
        context.fireChannelRead(data)
    }
}
