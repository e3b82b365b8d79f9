import NIOCore
import NIOHTTP2

extension NIOHTTP2Handler.StreamConfiguration {
    /// 1 MiB may be under way in each direction of a stream, sixteen times the default: a window that small is used up
    /// by one read, and its update costs a turn of both event loops.
    static var ofIngress: Self {
        var configuration = Self()
        configuration.targetWindowSize = 1 << 20
        return configuration
    }
}

/// Ends an HTTP/2 connection that is out of step (RFC 9113 section 5.4.1): the frame that says why has gone out before.
final class CloseOnError: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
