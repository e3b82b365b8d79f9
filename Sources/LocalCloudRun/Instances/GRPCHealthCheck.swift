import NIOCore
import NIOHPACK
import NIOHTTP2

/// One call of `grpc.health.v1.Health/Check` over HTTP/2 without TLS (grpc/grpc `doc/health-checking.md`): a single
/// stream on a connection of its own.
final class GRPCHealthCheck: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private static let stream = HTTP2StreamID(1)
    private static let maximumAnswer = 4096

    private let service: String
    private let authority: String
    private let limit: TimeAmount
    private let outcome: EventLoopPromise<ProbeAttempt>
    private var status = 0
    private var message: [UInt8] = []
    private var timer: Scheduled<Void>?
    private var isDecided = false

    private init(service: String, authority: String, limit: TimeAmount, outcome: EventLoopPromise<ProbeAttempt>) {
        self.service = service
        self.authority = authority
        self.limit = limit
        self.outcome = outcome
    }

    static func add(
        to pipeline: ChannelPipeline.SynchronousOperations, service: String, authority: String, limit: TimeAmount,
        outcome: EventLoopPromise<ProbeAttempt>
    ) throws {
        try pipeline.addHandlers([
            NIOHTTP2Handler(mode: .client),
            GRPCHealthCheck(service: service, authority: authority, limit: limit, outcome: outcome),
        ])
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: limit) { bound.value.decide(.timedOut) }
        let headers = HPACKHeaders([
            (":method", "POST"), (":scheme", "http"), (":path", "/grpc.health.v1.Health/Check"),
            (":authority", authority), ("te", "trailers"), ("content-type", "application/grpc"),
            ("user-agent", "GoogleHC/1.0"),
        ])
        write(.headers(.init(headers: headers)), context)
        let body = context.channel.allocator.buffer(bytes: Self.request(service: service))
        write(.data(.init(data: .byteBuffer(body), endStream: true)), context)
        context.flush()
        context.fireChannelActive()
    }

    private func write(_ payload: HTTP2Frame.FramePayload, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(HTTP2Frame(streamID: Self.stream, payload: payload)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard frame.streamID == Self.stream else {
            // The server will take no stream after this.
            if case .goAway = frame.payload { decide(.answered(status: 0)) }
            return
        }
        switch frame.payload {
        case .headers(let content):
            if let code = content.headers.first(name: ":status").flatMap({ Int($0) }) { status = code }
            if content.endStream { end(grpcStatus: content.headers.first(name: "grpc-status")) }
        case .data(let content):
            if case .byteBuffer(let bytes) = content.data, message.count < Self.maximumAnswer {
                message += Array(bytes.readableBytesView)
            }
            if content.endStream { end(grpcStatus: nil) }
        case .rstStream: decide(.answered(status: 0))
        default: break
        }
    }

    private func end(grpcStatus: String?) {
        let isServing = status == 200 && grpcStatus == "0" && Self.isServing(message)
        decide(isServing ? .passed : .answered(status: status))
    }

    func channelInactive(context: ChannelHandlerContext) {
        decide(.refused)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // It answered, but not HTTP/2.
        decide(error is any NIOHTTP2Error ? .answered(status: 0) : .refused)
        context.close(promise: nil)
    }

    private func decide(_ result: ProbeAttempt) {
        guard !isDecided else { return }
        isDecided = true
        timer?.cancel()
        outcome.succeed(result)
    }

    // MARK: Messages

    /// A frame of gRPC: not compressed, four bytes of length, `HealthCheckRequest { string service = 1; }`.
    static func request(service: String) -> [UInt8] {
        let name = Array(service.utf8.prefix(10_000))
        let message = name.isEmpty ? [] : [0x0A] + varint(name.count) + name
        let length = UInt32(message.count)
        return [0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + message
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// Whether a frame holds `HealthCheckResponse { ServingStatus status = 1; }` with SERVING, which is 1.
    static func isServing(_ frame: [UInt8]) -> Bool {
        guard frame.count >= 5, frame[0] == 0 else { return false }
        let length = frame[1...4].reduce(0) { $0 << 8 | Int($1) }
        let message = frame.dropFirst(5).prefix(length)
        return message.count == length && Array(message) == [0x08, 0x01]
    }
}
