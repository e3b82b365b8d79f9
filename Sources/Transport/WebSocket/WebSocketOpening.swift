import NIOCore
import NIOTLS
import NIOWebSocket

/// What the server made of the upgrade request.
enum WebSocketAnswer: Sendable {
    case upgraded(any Channel, WebSocketInbox, UpgradeAnswer, WebSocketTimings)
    case failed(WebSocketError)
}

/// Asks for the upgrade when the channel is open, and makes it a WebSocket or tells why it is none.
final class WebSocketOpening: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let handshake: WebSocketHandshake
    private let promise: EventLoopPromise<WebSocketAnswer>
    private var stopwatch: WebSocketStopwatch
    private var heads = UpgradeAnswerReader()
    /// Set once the answer is known not to be an upgrade.
    private var refusal: (answer: UpgradeAnswer, body: RefusalBody)?
    private var isDone = false

    /// `promise` is always kept: with the answer, or with the error that ended the channel.
    init(_ handshake: WebSocketHandshake, _ promise: EventLoopPromise<WebSocketAnswer>, _ stopwatch: WebSocketStopwatch)
    {
        self.handshake = handshake
        self.promise = promise
        self.stopwatch = stopwatch
    }

    func channelActive(context: ChannelHandlerContext) {
        stopwatch.connected()
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: handshake.requestHead)), promise: nil)
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { stopwatch.secured() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return context.fireChannelRead(data) }
        stopwatch.answered()
        heads.append(unwrapInboundIn(data))
        if refusal != nil { return collect() }
        do throws(UpgradeAnswer.Malformed) {
            while !isDone, refusal == nil, let answer = try heads.next() {
                take(answer, context)
            }
        } catch {
            finish(.failed(.protocolViolation(reason: error.reason)))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isDone, refusal == nil {
            finish(
                .failed(
                    heads.rest.readableBytes == 0
                        ? .couldNotConnect(reason: "the server closed the connection without an answer")
                        : .protocolViolation(reason: "the server closed the connection in the middle of its answer")))
        }
        finishRefusal()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isDone else { return context.fireErrorCaught(error) }
        finishRefusal()
        if !isDone {
            isDone = true
            promise.fail(error)
        }
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finishRefusal()
        if !isDone {
            isDone = true
            promise.fail(ChannelError.alreadyClosed)
        }
    }

    private func take(_ answer: UpgradeAnswer, _ context: ChannelHandlerContext) {
        switch answer.status {
        // An interim answer (RFC 9110 section 15.2) says nothing yet.
        case 100, 102...199: return
        case 101:
            if let reason = handshake.violation(in: answer) {
                return finish(.failed(.protocolViolation(reason: reason)))
            }
            upgrade(answer, context)
        default:
            refusal = (answer, RefusalBody(answer))
            collect()
        }
    }

    private func upgrade(_ answer: UpgradeAnswer, _ context: ChannelHandlerContext) {
        let inbox = WebSocketInbox()
        let frames = WebSocketFrameHandler(inbox, maximumMessageBytes: handshake.request.maximumMessageBytes)
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandlers([WebSocketFrameEncoder(), frames], position: .after(self))
        } catch {
            isDone = true
            return promise.fail(error)
        }
        stopwatch.upgraded()
        finish(.upgraded(context.channel, inbox, answer, stopwatch.timings))
        // The first frames may have come in one packet with the answer.
        if heads.rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(heads.rest)) }
        pipeline.removeHandler(context: context, promise: nil)
    }

    private func collect() {
        heads.withRest { refusal?.body.take(from: &$0) }
        if refusal?.body.isWhole == true { finishRefusal() }
    }

    private func finishRefusal() {
        guard let refusal else { return }
        finish(
            .failed(
                .refused(status: refusal.answer.status, headers: refusal.answer.headers, body: refusal.body.bytes)))
    }

    private func finish(_ answer: WebSocketAnswer) {
        guard !isDone else { return }
        isDone = true
        promise.succeed(answer)
    }
}
