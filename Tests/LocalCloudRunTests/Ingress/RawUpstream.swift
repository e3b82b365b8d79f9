import NIOCore
import NIOPosix

/// A container that speaks bytes: answers the first head with fixed bytes and, where asked, echoes what follows.
struct RawUpstream {
    let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }

    static func start(answer: String, echoes: Bool) async throws -> RawUpstream {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Script(answer: answer, echoes: echoes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RawUpstream(channel: channel)
    }

    private final class Script: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: String
        private let echoes: Bool
        private var head = ""
        private var isAnswered = false

        init(answer: String, echoes: Bool) {
            self.answer = answer
            self.echoes = echoes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            if isAnswered {
                if echoes { context.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
                return
            }
            head += String(buffer: bytes)
            guard let end = head.range(ofFirst: "\r\n\r\n") else { return }
            isAnswered = true
            let early = String(head[end...])
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(string: answer + (echoes ? early : ""))), promise: nil)
            if !echoes { context.close(promise: nil) }
        }
    }
}

extension String {
    /// The place after the first occurrence of `text`.
    func range(ofFirst text: String) -> String.Index? {
        guard let range = self.utf8Range(of: text) else { return nil }
        return range.upperBound
    }

    private func utf8Range(of text: String) -> Range<String.Index>? {
        let wanted = Array(text.utf8)
        var start = utf8.startIndex
        while start < utf8.endIndex {
            if utf8[start...].starts(with: wanted) {
                return start..<utf8.index(start, offsetBy: wanted.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }
}
