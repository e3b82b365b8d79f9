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

    static func run(_ kind: Probe.Kind, at target: ProbeTarget, timeout: Duration) async -> Self {
        let limit = TimeAmount.nanoseconds(Int64(timeout / .nanoseconds(1)))
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let outcome = loop.makePromise(of: ProbeAttempt.self)
        do {
            let channel = try await ClientBootstrap(group: loop)
                .connectTimeout(limit)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if case .grpc(let service) = kind {
                            try GRPCHealthCheck.add(
                                to: pipeline, service: service, authority: target.authority, limit: limit,
                                outcome: outcome)
                        } else {
                            try pipeline.addHandler(
                                ProbeHandler(kind: kind, target: target, limit: limit, outcome: outcome))
                        }
                    }
                }
                .connect(host: target.host, port: target.port).get()
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

/// Where a probe knocks.
struct ProbeTarget: Hashable, Sendable {
    var host: String
    var port: Int
    /// An engine's port proxy stands before the container: it accepts connections although nothing listens behind it.
    var isProxied: Bool

    var authority: String { "\(host):\(port)" }
}

extension RunningInstance {
    /// `requestPort` is the port of the requests, as the program inside knows it.
    func target(of port: Int, requestPort: Int) -> ProbeTarget {
        ProbeTarget(
            host: host, port: port == requestPort ? self.port : otherPorts[port] ?? port, isProxied: isProxied)
    }
}

private final class ProbeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let kind: Probe.Kind
    private let target: ProbeTarget
    private let limit: TimeAmount
    private let outcome: EventLoopPromise<ProbeAttempt>
    private var received: [UInt8] = []
    private var timer: Scheduled<Void>?
    private var isDecided = false

    /// A proxy accepts before it has asked the container, and then closes: a connection through one that lives this
    /// long is one to the program. It closes within a millisecond on an idle machine; on a busy one 40 ms were seen.
    private static let settling = TimeAmount.milliseconds(300)

    init(kind: Probe.Kind, target: ProbeTarget, limit: TimeAmount, outcome: EventLoopPromise<ProbeAttempt>) {
        self.kind = kind
        self.target = target
        self.limit = limit
        self.outcome = outcome
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        switch kind {
        case .tcp where !target.isProxied: decide(.passed)
        case .grpc: break
        case .tcp:
            timer = context.eventLoop.scheduleTask(in: min(Self.settling, limit)) { bound.value.decide(.passed) }
        case .http(let path, let headers):
            timer = context.eventLoop.scheduleTask(in: limit) { bound.value.decide(.timedOut) }
            var head = "GET \(path) HTTP/1.1\r\nHost: \(target.authority)\r\n"
            head += "User-Agent: GoogleHC/1.0\r\nConnection: close\r\n"
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
