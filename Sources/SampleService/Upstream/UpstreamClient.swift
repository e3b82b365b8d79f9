import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks another sample with one request on a connection of its own.
enum UpstreamClient {
    private static let connectTimeout = TimeAmount.seconds(2)
    private static let timeoutMilliseconds = 5000

    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders = [:]
        var body: [UInt8]

        var revision: String? { headers.first(name: "x-revision") }
    }

    enum Failure: Error {
        case unsupportedURL(String)
        case timedOut
        case closed
        case tooLarge
    }

    static func get(
        _ text: String, headers: [(String, String)] = [], on loop: any EventLoop
    ) -> EventLoopFuture<Answer> {
        var fields: HTTPHeaders = ["user-agent": "stagectl-sample", "accept": "application/json"]
        fields.add(contentsOf: headers)
        return send(.GET, text, fields, body: [], timeoutMilliseconds: timeoutMilliseconds, on: loop)
    }

    static func send(
        _ method: HTTPMethod, _ text: String, _ headers: HTTPHeaders, body: [UInt8], timeoutMilliseconds: Int,
        on loop: any EventLoop
    ) -> EventLoopFuture<Answer> {
        guard let url = UpstreamURL(text) else { return loop.makeFailedFuture(Failure.unsupportedURL(text)) }
        var fields: HTTPHeaders = ["host": url.hostHeader, "connection": "close"]
        fields.add(contentsOf: headers)
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: url.path, headers: fields)
        let answer = loop.makePromise(of: Answer.self)
        ClientBootstrap(group: loop)
            .connectTimeout(connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        UpstreamExchange(head: head, sent: body, answer: answer))
                }
            }
            .connect(host: url.address, port: url.port)
            .whenComplete { result in
                switch result {
                case .failure(let error): answer.fail(error)
                case .success(let channel):
                    let deadline = loop.scheduleTask(in: .milliseconds(Int64(timeoutMilliseconds))) {
                        answer.fail(Failure.timedOut)
                        channel.close(promise: nil)
                    }
                    channel.closeFuture.whenComplete { _ in deadline.cancel() }
                }
            }
        return answer.futureResult
    }

    /// The other service's words inside this service's own answer; 502 when there are none.
    static func response(name: String, _ result: Result<Answer, any Error>) -> Response {
        switch result {
        case .success(let answer) where answer.status == 200:
            let document = JSONParser.parse(answer.body) ?? .null
            return .json([
                "status": "ok", "answeredBy": answer.revision.map { .string($0) } ?? .null,
                "\(name)": document,
            ])
        case .success(let answer):
            Log.error("\(name) answered \(answer.status)")
            return .error(.badGateway, "\(name) answered \(answer.status)")
        case .failure(let error):
            Log.error("\(name) is not reachable: \(error)")
            return .error(.badGateway, "\(name) is not reachable")
        }
    }
}

/// Sends the request and collects the bounded answer.
private final class UpstreamExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private static let maximumBody = 64 * 1024

    private let head: HTTPRequestHead
    private let sent: [UInt8]
    private let answer: EventLoopPromise<UpstreamClient.Answer>
    private var collected = UpstreamClient.Answer(status: 0, body: [])

    init(head: HTTPRequestHead, sent: [UInt8], answer: EventLoopPromise<UpstreamClient.Answer>) {
        self.head = head
        self.sent = sent
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !sent.isEmpty {
            let buffer = context.channel.allocator.buffer(bytes: sent)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            collected.status = Int(head.status.code)
            collected.headers = head.headers
        case .body(let buffer):
            guard collected.body.count + buffer.readableBytes <= Self.maximumBody else {
                answer.fail(UpstreamClient.Failure.tooLarge)
                return context.close(promise: nil)
            }
            collected.body.append(contentsOf: buffer.readableBytesView)
        case .end:
            answer.succeed(collected)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Nothing happens when the answer was complete: a promise takes its first outcome.
        answer.fail(UpstreamClient.Failure.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }
}
