import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix

/// A caller that speaks HTTP/2 without TLS: one connection, a stream for each request.
final class StreamClient: Sendable {
    struct Answer: Sendable {
        var status = 0
        var headers = HTTPHeaders()
        var body: [UInt8] = []
        var trailers = HTTPHeaders()
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct StreamEnded: Error {
        var status: Int
        var received: Int
    }

    let channel: any Channel
    private let multiplexer: NIOHTTP2Handler.StreamMultiplexer

    private init(channel: any Channel, multiplexer: NIOHTTP2Handler.StreamMultiplexer) {
        self.channel = channel
        self.multiplexer = multiplexer
    }

    static func connect(_ port: Int) async throws -> StreamClient {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port)
            .flatMapThrowing { channel in
                let multiplexer = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                    mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
                ) { $0.close() }
                try channel.syncOptions?.setOption(.autoRead, value: true)
                return StreamClient(channel: channel, multiplexer: multiplexer)
            }.get()
    }

    func request(
        _ method: HTTPMethod = .GET, _ path: String, host: String, headers: HTTPHeaders = [:], body: String? = nil
    ) async throws -> Answer {
        let answer = channel.eventLoop.makePromise(of: Answer.self)
        let stream = try await multiplexer.createStreamChannel { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandlers([
                    HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: .http), Collector(answer),
                ])
            }
        }.get()
        var headers = headers
        headers.add(name: "host", value: host)
        stream.write(
            HTTPClientRequestPart.head(
                HTTPRequestHead(version: .init(major: 2, minor: 0), method: method, uri: path, headers: headers)),
            promise: nil)
        if let body { stream.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: body))), promise: nil) }
        stream.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        return try await answer.futureResult.get()
    }

    func close() async {
        try? await channel.close()
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart

        private let promise: EventLoopPromise<Answer>
        private var answer = Answer()
        private var isWhole = false

        init(_ promise: EventLoopPromise<Answer>) {
            self.promise = promise
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                answer.status = Int(head.status.code)
                answer.headers = head.headers
            case .body(let bytes):
                answer.body += Array(bytes.readableBytesView)
            case .end(let trailers):
                answer.trailers = trailers ?? [:]
                isWhole = true
                promise.succeed(answer)
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            if !isWhole { promise.fail(StreamEnded(status: answer.status, received: answer.body.count)) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
