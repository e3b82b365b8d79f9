import NIOCore
import NIOHTTP1

/// One connection's requests, one at a time: collects the request, asks the application, writes the reply.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let maximumBody = 64 * 1024
    private static let slowness = TimeAmount.seconds(3)

    let application: Application
    private let upgrade: WebSocketUpgrade
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isStopping = false

    init(application: Application, upgrade: WebSocketUpgrade) {
        self.application = application
        self.upgrade = upgrade
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let buffer):
            guard let head else { return }
            guard body.count + buffer.readableBytes <= Self.maximumBody else {
                self.head = nil
                // The rest of the body is not waited for.
                let refusal = Response.error(.payloadTooLarge, "at most \(Self.maximumBody) bytes")
                return write(refusal, to: head, context: context, close: true)
            }
            body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guard let head else { return }
            answer(head, context: context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else if event is ServiceStopping {
            isStopping = true
            if head == nil { context.close(promise: nil) }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let peer = context.channel.remoteAddress?.ipAddress
        let answer = application.answer(Request(head: head, body: body, peer: peer))
        body = []
        var pause = TimeAmount.milliseconds(Int64(answer.lateMilliseconds))
        if application.settings.faults.contains(.slow) { pause = pause + Self.slowness }
        guard pause > .zero else { return perform(answer, head, context) }
        context.eventLoop.assumeIsolated().scheduleTask(in: pause) { self.perform(answer, head, context) }
    }

    private func perform(_ answer: MutatedReply, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        if answer.drops { return context.close(promise: nil) }
        switch answer.reply {
        case .response(let response):
            write(response, to: head, context: context, mutated: answer)
        case .stream(let script):
            beginStream(script.contentType, script.headers, answer, head, context)
            StreamWriter(handler: self, script: answer.changed(script)).start(head, context)
        case .following(let stream):
            beginStream("text/event-stream", [], answer, head, context)
            ExecutionStreamWriter(handler: self, stream: stream, changes: answer.streamChanges).start(head, context)
        case .webSocket(let opening):
            application.count(.switchingProtocols)
            upgrade.perform(
                opening, effects: answer.socketEffects, application: application, requests: self, context: context)
        case .upstream(let name, let url):
            var headers: [(String, String)] = []
            if !answer.names.isEmpty {
                headers.append((MutationSwitch.header, answer.names.joined(separator: ",")))
            }
            UpstreamClient.get(url, headers: headers, on: context.eventLoop).assumeIsolated().whenComplete { result in
                guard context.channel.isActive else { return }
                self.write(UpstreamClient.response(name: name, result), to: head, context: context, mutated: answer)
            }
        case .proxied(let request): ask([request], answer, head, context) { $0[0] }
        case .collected(let requests, let merge): ask(requests, answer, head, context, merge)
        case .hangUp: context.close(promise: nil)
        }
    }

    private func beginStream(
        _ contentType: String, _ headers: [(String, String)], _ answer: MutatedReply, _ head: HTTPRequestHead,
        _ context: ChannelHandlerContext
    ) {
        var response = responseHead(.ok, for: head)
        response.headers.add(name: "content-type", value: contentType)
        for (name, value) in headers { response.headers.replaceOrAdd(name: name, value: value) }
        answer.change(&response.headers, of: .ok)
        context.writeAndFlush(wrapOutboundOut(.head(response)), promise: nil)
        application.count(.ok)
    }

    private func responseHead(_ status: HTTPResponseStatus, for head: HTTPRequestHead) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        headers.add(name: "x-revision", value: application.settings.revision)
        for (name, value) in application.policy.headers(for: head.headers) { headers.add(name: name, value: value) }
        if !staysOpen(head) { headers.add(name: "connection", value: "close") }
        return HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }

    private func staysOpen(_ head: HTTPRequestHead) -> Bool {
        // After an offer to leave HTTP that was refused, the decoder reads no further request.
        head.isKeepAlive && head.version == .http1_1 && !isStopping && !head.headers.contains(name: "upgrade")
    }

    func write(
        _ original: Response, to head: HTTPRequestHead, context: ChannelHandlerContext, close: Bool = false,
        mutated answer: MutatedReply? = nil
    ) {
        let response = answer?.changed(original) ?? original
        var parts = responseHead(response.status, for: head)
        if close { parts.headers.replaceOrAdd(name: "connection", value: "close") }
        // Neither 204 nor 304 has a body that these could speak of (RFC 9110 sections 15.3.5 and 15.4.5).
        if response.status != .noContent, response.status != .notModified {
            parts.headers.add(name: "content-type", value: response.contentType)
            parts.headers.add(name: "content-length", value: String(response.body.count))
        }
        for (name, value) in response.headers {
            if name.lowercased() == "set-cookie" {
                parts.headers.add(name: name, value: value)
            } else {
                parts.headers.replaceOrAdd(name: name, value: value)
            }
        }
        answer?.change(&parts.headers, of: original.status)
        context.write(wrapOutboundOut(.head(parts)), promise: nil)
        if head.method != .HEAD {
            context.write(
                wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: response.body)))),
                promise: nil)
        }
        application.count(response.status)
        application.note(answer, response.status)
        end(head, context, close: close)
    }

    /// The last part of a reply; the connection ends with it where nobody wants to go on.
    func end(_ head: HTTPRequestHead, _ context: ChannelHandlerContext, close: Bool = false) {
        self.head = nil
        let stays = staysOpen(head) && !close
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        if !stays {
            written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
    }
}
