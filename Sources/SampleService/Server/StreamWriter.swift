import NIOCore
import NIOHTTP1

/// Writes the pieces of one answer, each in its time.
struct StreamWriter {
    /// A stalled stream is held open no longer than this.
    private static let longestStall = TimeAmount.seconds(60)

    let handler: RequestHandler
    let script: StreamScript

    func start(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard head.method != .HEAD else { return handler.end(head, context) }
        send(0, head, context)
    }

    private func send(_ number: Int, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        if script.stallsAfter == number {
            return after(Self.longestStall, context) { handler.end(head, context) }
        }
        guard number < script.pieces.count else { return handler.end(head, context) }
        let buffer = context.channel.allocator.buffer(string: script.pieces[number])
        context.writeAndFlush(handler.wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        guard number + 1 < script.pieces.count || script.stallsAfter != nil else { return handler.end(head, context) }
        after(.milliseconds(Int64(script.pauseMilliseconds)), context) { send(number + 1, head, context) }
    }

    private func after(
        _ pause: TimeAmount, _ context: ChannelHandlerContext, _ action: @escaping () -> Void
    ) {
        let channel = context.channel
        context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
            if channel.isActive { action() }
        }
    }
}
