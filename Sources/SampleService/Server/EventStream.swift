import NIOCore
import NIOHTTP1

/// Server-sent events of one response: hello, ordered ticks, end.
struct EventStream {
    private static let ticks = 5
    private static let pause = TimeAmount.milliseconds(30)
    /// How many events come before a stalled stream falls silent.
    private static let eventsBeforeStall = 2
    /// A stalled stream is held open no longer than this.
    private static let longestStall = TimeAmount.seconds(60)

    let handler: RequestHandler
    let stalls: Bool

    func start(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard head.method != .HEAD else { return handler.end(head, context) }
        send(0, head, context)
    }

    /// Event 0 is hello, 1 to `ticks` are ticks, then the end.
    private func send(_ number: Int, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        if stalls, number == Self.eventsBeforeStall {
            return after(Self.longestStall, context) { handler.end(head, context) }
        }
        guard number <= Self.ticks else {
            write("event: end\ndata: {\"ok\":true}\n\n", context)
            return handler.end(head, context)
        }
        let name = number == 0 ? "hello" : "tick"
        write("id: \(number)\nevent: \(name)\ndata: {\"seq\":\(number),\"ok\":true}\n\n", context)
        after(Self.pause, context) { send(number + 1, head, context) }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        let buffer = context.channel.allocator.buffer(string: text)
        context.writeAndFlush(handler.wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
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
