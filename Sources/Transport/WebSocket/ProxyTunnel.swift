import NIOCore
import NIOPosix

/// Asks an HTTP proxy for a tunnel (CONNECT, RFC 9110 section 9.3.6) before anything behind it in the pipeline hears
/// that the channel is open.
final class ProxyTunnel: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Refused: Error {
        var reason: String
    }

    private let proxy: Proxy
    private let target: String
    private let userAgent: String
    private var heads = UpgradeAnswerReader()
    private var isOpen = false

    /// `target` is `host:port`.
    init(_ proxy: Proxy, target: String, userAgent: String) {
        self.proxy = proxy
        self.target = target
        self.userAgent = userAgent
    }

    func channelActive(context: ChannelHandlerContext) {
        var head = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\nUser-Agent: \(userAgent)\r\n"
        if proxy.user != nil || proxy.password != nil {
            let credentials = ByteBuffer(string: "\(proxy.user ?? ""):\(proxy.password ?? "")")
            head += "Proxy-Authorization: Basic \(Base64.encode(Array(credentials.readableBytesView)))\r\n"
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head + "\r\n")), promise: nil)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOpen else { return context.fireChannelRead(data) }
        heads.append(unwrapInboundIn(data))
        let answer: UpgradeAnswer
        do throws(UpgradeAnswer.Malformed) {
            guard let head = try heads.next() else { return }
            answer = head
        } catch {
            return refuse(error.reason, context)
        }
        guard (200..<300).contains(answer.status) else {
            return refuse("it answered \(answer.status) to CONNECT", context)
        }
        isOpen = true
        context.fireChannelActive()
        if heads.rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(heads.rest)) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isOpen { context.fireErrorCaught(Refused(reason: "it closed the connection")) }
        context.fireChannelInactive()
    }

    private func refuse(_ reason: String, _ context: ChannelHandlerContext) {
        isOpen = true
        context.fireErrorCaught(Refused(reason: reason))
        context.close(promise: nil)
    }
}
