import NIOCore
import NIOHTTP1

extension RequestHandler {
    /// Asks other services, all at once, and writes what is made of their answers.
    func ask(
        _ requests: [ProxiedRequest], _ answer: MutatedReply, _ head: HTTPRequestHead,
        _ context: ChannelHandlerContext, _ merge: @escaping ([Response]) -> Response
    ) {
        let answers = requests.map { request -> EventLoopFuture<UpstreamClient.Answer> in
            guard let base = application.settings.address(of: request.service) else {
                return context.eventLoop.makeFailedFuture(UpstreamClient.Failure.unsupportedURL(""))
            }
            return UpstreamClient.send(
                request.method, base + request.uri, request.headers, body: request.request.body,
                timeoutMilliseconds: request.timeoutMilliseconds, on: context.eventLoop)
        }
        EventLoopFuture.whenAllComplete(answers, on: context.eventLoop).assumeIsolated().whenSuccess { results in
            guard context.channel.isActive else { return }
            let response = merge(zip(requests, results).map { $0.response($1) })
            self.write(response, to: head, context: context, mutated: answer)
        }
    }
}

extension Settings {
    fileprivate func address(of service: ProxiedRequest.Service) -> String? {
        switch service {
        case .auth: authURL
        case .backend: backendURL
        }
    }
}
