import NIOCore
import NIOPosix

/// One attempt of a probe over TCP.
enum ProbeAttempt: Hashable, Sendable {
    case passed
    /// Nothing listens, or the connection was closed at once.
    case refused
    /// The program answered, but not with 200 to 399.
    case answered(status: Int)
    case timedOut

    static func run(_ kind: StartupProbe.Kind, host: String, port: Int, timeout: Duration) async -> Self {
        let limit = TimeAmount.nanoseconds(Int64(timeout / .nanoseconds(1)))
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let outcome = loop.makePromise(of: ProbeAttempt.self)
        do {
            let channel = try await ClientBootstrap(group: loop)
                .connectTimeout(limit)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            ProbeHandler(kind: kind, host: host, port: port, limit: limit, outcome: outcome))
                    }
                }
                .connect(host: host, port: port).get()
            let result = (try? await outcome.futureResult.get()) ?? .refused
            channel.close(promise: nil)
            return result
        } catch let error as ChannelError {
            outcome.succeed(.refused)
            if case .connectTimeout = error { return .timedOut }
            return .refused
        } catch {
            outcome.succeed(.refused)
            return .refused
        }
    }
}

private final class ProbeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let kind: StartupProbe.Kind
    private let authority: String
    private let limit: TimeAmount
    private let outcome: EventLoopPromise<ProbeAttempt>
    private var received: [UInt8] = []
    private var timer: Scheduled<Void>?
    private var isDecided = false

    /// An engine's port proxy accepts before it has asked the container, and then closes: a connection that lives
    /// this long is one to the program. The proxy closes within a millisecond on an idle machine; on a busy one 40 ms
    /// were seen to pass, and a container that never listened counted as ready.
    private static let settling = TimeAmount.milliseconds(300)

    init(
        kind: StartupProbe.Kind, host: String, port: Int, limit: TimeAmount, outcome: EventLoopPromise<ProbeAttempt>
    ) {
        self.kind = kind
        self.authority = "\(host):\(port)"
        self.limit = limit
        self.outcome = outcome
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        switch kind {
        case .tcp:
            timer = context.eventLoop.scheduleTask(in: min(Self.settling, limit)) { bound.value.decide(.passed) }
        case .http(let path, let headers):
            timer = context.eventLoop.scheduleTask(in: limit) { bound.value.decide(.timedOut) }
            var head = "GET \(path) HTTP/1.1\r\nHost: \(authority)\r\nUser-Agent: GoogleHC/1.0\r\nConnection: close\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            context.writeAndFlush(
                wrapOutboundOut(context.channel.allocator.buffer(string: head + "\r\n")), promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard kind != .tcp else { return decide(.passed) }
        received += Array(unwrapInboundIn(data).readableBytesView)
        // `HTTP/1.1 200`
        guard received.count >= 12 else { return }
        let words = String(decoding: received.prefix(12), as: UTF8.self).split(separator: " ")
        guard words.count == 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            return decide(.answered(status: 0))
        }
        decide((200..<400).contains(status) ? .passed : .answered(status: status))
    }

    func channelInactive(context: ChannelHandlerContext) {
        decide(.refused)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        decide(.refused)
        context.close(promise: nil)
    }

    private func decide(_ result: ProbeAttempt) {
        guard !isDecided else { return }
        isDecided = true
        timer?.cancel()
        outcome.succeed(result)
    }
}
