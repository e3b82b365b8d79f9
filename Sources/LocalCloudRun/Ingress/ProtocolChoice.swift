import NIOCore
import NIOHTTP1
import NIOHTTP2

/// Finds out what a caller speaks. HTTP/2 without TLS begins with 24 bytes that no HTTP/1.1 request begins with
/// (RFC 9113 section 3.4); the first byte that differs settles it.
final class ProtocolChoice: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    enum Verdict: Hashable {
        case undecided, http1, http2
    }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let core: IngressCore
    private let listeningPort: Int?
    private var seen = ByteBuffer()
    private var isDecided = false

    init(core: IngressCore, listeningPort: Int?) {
        self.core = core
        self.listeningPort = listeningPort
    }

    static func verdict(_ bytes: some Collection<UInt8>) -> Verdict {
        guard zip(bytes, preface).allSatisfy({ $0 == $1 }) else { return .http1 }
        return bytes.count >= preface.count ? .http2 : .undecided
    }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        seen.writeImmutableBuffer(unwrapInboundIn(data))
        let verdict = Self.verdict(seen.readableBytesView)
        guard verdict != .undecided else { return }
        isDecided = true
        do {
            if verdict == .http2 { try speakHTTP2(context.channel) } else { try speakHTTP1(context.channel) }
        } catch {
            return context.close(promise: nil)
        }
        context.fireChannelRead(wrapInboundOut(seen))
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isDecided { context.fireChannelReadComplete() } else { context.read() }
    }

    private func speakHTTP1(_ channel: any Channel) throws {
        _ = try DownstreamConnection(channel: channel, core: core, listeningPort: listeningPort)
    }

    private func speakHTTP2(_ channel: any Channel) throws {
        let core = self.core
        let listeningPort = self.listeningPort
        _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: .init(), streamConfiguration: .ofIngress
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                // Each stream reads as its container can take it; the connection reads whatever the windows allow.
                try stream.syncOptions?.setOption(.autoRead, value: false)
                _ = try DownstreamConnection(stream: stream, core: core, listeningPort: listeningPort)
            }
        }
        try channel.pipeline.syncOperations.addHandler(CloseOnError())
        try channel.syncOptions?.setOption(.autoRead, value: true)
    }
}
