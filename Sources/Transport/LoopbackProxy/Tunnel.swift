package import NIOCore

/// One half of a connection that has left HTTP: bytes go to the other half as they are, and are read only while the
/// other half can take them.
///
/// The two halves start at different moments, as each must wait for its own HTTP handlers to leave; what comes before
/// the other half has started waits for it.
package final class Tunnel: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private var partner: Tunnel?
    private var context: ChannelHandlerContext?
    private var onClose: ((_ toFirst: Int, _ toSecond: Int) -> Void)?
    /// Bytes that were written to this half.
    private var written = 0
    private var isFirst = false
    private var isStarted = false
    private var isEnded = false
    private var waiting: [ByteBuffer] = []

    /// Two halves that know each other; `onClose` is called once, when the first of them ends, with the bytes
    /// that each of them has got.
    package static func pair(onClose: @escaping (_ toFirst: Int, _ toSecond: Int) -> Void) -> (Tunnel, Tunnel) {
        let first = Tunnel()
        let second = Tunnel()
        first.isFirst = true
        first.partner = second
        second.partner = first
        first.onClose = onClose
        second.onClose = onClose
        return (first, second)
    }

    /// The HTTP handlers are gone: bytes may be written and read from now on.
    package func start() {
        guard let context else { return end() }
        isStarted = true
        for bytes in waiting { context.write(wrapOutboundOut(bytes), promise: nil) }
        waiting = []
        context.flush()
        if partner == nil { closeAfterFlush() } else { context.read() }
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        end()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        partner?.write(unwrapInboundIn(data))
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        guard let other = partner?.context else { return }
        other.flush()
        if other.channel.isWritable { context.read() }
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.context?.read() }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func write(_ bytes: ByteBuffer) {
        written += bytes.readableBytes
        if isStarted {
            context?.write(wrapOutboundOut(bytes), promise: nil)
        } else {
            waiting.append(bytes)
        }
    }

    private func end() {
        guard !isEnded else { return }
        isEnded = true
        let onClose = self.onClose
        let partner = self.partner
        self.onClose = nil
        self.partner = nil
        partner?.partnerEnded()
        let other = partner?.written ?? 0
        onClose?(isFirst ? written : other, isFirst ? other : written)
    }

    private func partnerEnded() {
        partner = nil
        onClose = nil
        if isStarted { closeAfterFlush() }
    }

    /// What came last still goes out before this half closes.
    private func closeAfterFlush() {
        guard let context else { return }
        let last = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: last)
        last.futureResult.assumeIsolated().whenComplete { [self] _ in self.context?.close(promise: nil) }
    }
}
