import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks another sample with one GET on a connection of its own.
enum UpstreamClient {
    private static let connectTimeout = TimeAmount.seconds(2)
    private static let timeout = TimeAmount.seconds(5)

    struct Answer: Sendable {
        var status: Int
        var revision: String?
        var body: [UInt8]
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
        guard let url = UpstreamURL(text) else { return loop.makeFailedFuture(Failure.unsupportedURL(text)) }
        let answer = loop.makePromise(of: Answer.self)
        ClientBootstrap(group: loop)
            .connectTimeout(connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        UpstreamExchange(url: url, headers: headers, answer: answer))
                }
            }
            .connect(host: url.address, port: url.port)
            .whenComplete { result in
                switch result {
                case .failure(let error): answer.fail(error)
                case .success(let channel):
                    let deadline = loop.scheduleTask(in: timeout) {
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

    private let url: UpstreamURL
    private let headers: [(String, String)]
    private let answer: EventLoopPromise<UpstreamClient.Answer>
    private var collected = UpstreamClient.Answer(status: 0, revision: nil, body: [])

    init(url: UpstreamURL, headers: [(String, String)], answer: EventLoopPromise<UpstreamClient.Answer>) {
        self.url = url
        self.headers = headers
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        var headers: HTTPHeaders = [
            "host": url.hostHeader, "user-agent": "stagectl-sample", "accept": "application/json",
            "connection": "close",
        ]
        headers.add(contentsOf: self.headers)
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: url.path, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            collected.status = Int(head.status.code)
            collected.revision = head.headers.first(name: "x-revision")
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
