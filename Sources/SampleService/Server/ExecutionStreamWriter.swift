import NIOCore
import NIOHTTP1

/// An execution that somebody follows; with `Last-Event-ID`, from where a lost connection left off.
struct ExecutionStream: Sendable {
    var id: String
    var after: Int
}

/// Writes the events of an execution while they happen, and ends with it.
struct ExecutionStreamWriter {
    private static let pause = TimeAmount.milliseconds(4)

    let handler: RequestHandler
    let stream: ExecutionStream
    /// What a mutation makes of the pieces, which are counted from 0.
    let changes: [Effect.StreamChange]

    func start(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard head.method != .HEAD else { return handler.end(head, context) }
        write(from: stream.after, written: 0, head, context)
    }

    private func write(
        from position: Int, written: Int, _ head: HTTPRequestHead, _ context: ChannelHandlerContext
    ) {
        guard context.channel.isActive else { return }
        let (events, hasEnded) = handler.application.news(of: stream.id, after: position)
        var number = written
        for event in events {
            let text = StreamScript.event(event["type"]?.text ?? "", id: event["seq"]?.integer ?? 0, event)
            for piece in changed(text, number) {
                let buffer = context.channel.allocator.buffer(string: piece)
                context.writeAndFlush(handler.wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
            }
            number += 1
        }
        if hasEnded, !stalls { return handler.end(head, context) }
        let next = position + events.count
        let channel = context.channel
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            if channel.isActive { write(from: next, written: number, head, context) }
        }
    }

    private var stalls: Bool { changes.contains { if case .stalls = $0 { true } else { false } } }

    private func changed(_ text: String, _ number: Int) -> [String] {
        var pieces = [text]
        for change in changes {
            switch change {
            case .loses(let index) where index == number: pieces = []
            case .repeats(let index) where index == number: pieces += pieces
            case .ends(let count) where number >= count: pieces = []
            case .stalls(let count) where number >= count: pieces = []
            case .text(let old, let new): pieces = pieces.map { $0.replacing(old, with: new) }
            case .loses, .repeats, .ends, .stalls, .reverses, .pauses: break
            }
        }
        return pieces
    }
}
