import NIOCore
import NIOHPACK
import NIOHTTP2

/// Ends a stream with its headers where nothing follows them: gRPC's clients want an answer without messages as one
/// frame ("Trailers-Only", grpc/grpc `doc/PROTOCOL-HTTP2.md`), and NIO's codec sends an empty DATA frame after it.
final class EndStreamMerge: ChannelOutboundHandler {
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private var held: (content: HTTP2Frame.FramePayload.Headers, promise: EventLoopPromise<Void>?)?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let payload = unwrapOutboundIn(data)
        switch payload {
        case .headers(let content) where !content.endStream && !content.isInformational:
            release(context)
            held = (content, promise)
        case .data(let content) where content.endStream && content.data.readableBytes == 0:
            guard var (headers, earlier) = held else { return context.write(data, promise: promise) }
            held = nil
            headers.endStream = true
            earlier.setOrCascade(to: promise)
            context.write(wrapOutboundOut(.headers(headers)), promise: earlier)
        default:
            release(context)
            context.write(data, promise: promise)
        }
    }

    func flush(context: ChannelHandlerContext) {
        release(context)
        context.flush()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        held?.promise?.fail(ChannelError.ioOnClosedChannel)
        held = nil
    }

    private func release(_ context: ChannelHandlerContext) {
        guard let (headers, promise) = held else { return }
        held = nil
        context.write(wrapOutboundOut(.headers(headers)), promise: promise)
    }
}

extension HTTP2Frame.FramePayload.Headers {
    fileprivate var isInformational: Bool {
        headers.first(name: ":status")?.hasPrefix("1") ?? false
    }
}
