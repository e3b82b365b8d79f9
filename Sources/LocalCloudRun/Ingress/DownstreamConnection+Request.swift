import NIOCore
import NIOHTTP1

/// From a request's head to a container that takes it.
extension DownstreamConnection {
    func begin(_ head: HTTPRequestHead) {
        let request: RequestHead
        do throws(RequestHead.Refusal) {
            request = try RequestHead(head)
        } catch {
            return answer(.badRequest("invalid \(error.wording)"), to: nil, keepAlive: false)
        }
        let route = core.currentRoutes.route(host: request.authority, listeningPort: listeningPort)
        // Google's front end keeps `/healthz` for itself on run.app.
        guard let route, request.path != "/healthz" else {
            return answer(.notFound(path: request.target), to: request, keepAlive: request.keepsConnection)
        }
        if !route.isPublic {
            let isAllowed = request.bearerToken.map { core.instances.accepts(token: $0, service: route.service) }
            guard isAllowed == true else {
                log(request, route: route, status: 403)
                return answer(.forbidden(path: request.target), to: request, keepAlive: request.keepsConnection)
            }
        }
        guard let target = route.chooseTarget() else {
            log(request, route: route, status: 503)
            return answer(.noTarget, to: request, keepAlive: request.keepsConnection)
        }
        let given = head.headers.first(name: "traceparent")
        let traceparent = given.flatMap { TraceContext.isValid($0) ? $0 : nil } ?? TraceContext.make()
        let exchange = Exchange(
            request: request, route: route, revision: target.revision,
            forwarded: Forwarding.request(request, remoteAddress: remoteAddress, traceparent: traceparent),
            traceparent: traceparent, remoteAddress: remoteAddress)
        self.exchange = exchange
        core.opened(revision: exchange.revision)
        exchange.deadline = channel.eventLoop.assumeIsolated().scheduleTask(
            in: .seconds(Int64(max(1, route.timeoutSeconds)))
        ) { [self] in
            timedOut(exchange)
        }
        findInstance(exchange)
    }

    /// Waits for an instance (a cold start may take seconds) without holding the event loop.
    private func findInstance(_ exchange: Exchange) {
        let found = channel.eventLoop.makePromise(of: Result<Address, InstanceUnavailable>.self)
        let instances = core.instances
        let revision = exchange.revision
        // Not structured: it starts from an event loop's callback, and gives its result back there.
        Task {
            do throws(InstanceUnavailable) {
                let instance = try await instances.instance(of: revision)
                found.succeed(.success(Address(host: instance.host, port: instance.port)))
            } catch {
                found.succeed(.failure(error))
            }
        }
        found.futureResult.assumeIsolated().whenSuccess { [self] result in
            switch result {
            case .failure(let reason):
                if !exchange.isFinished { answer(.unavailable(reason), ending: exchange) }
            case .success(let address) where exchange.isFinished:
                instances.finished(revision: revision, host: address.host, port: address.port)
            case .success(let address):
                exchange.instance = (address.host, address.port)
                connect(exchange, pooled: true)
            }
        }
    }

    struct Address: Sendable {
        let host: String
        let port: Int
    }

    func connect(_ exchange: Exchange, pooled: Bool) {
        guard let instance = exchange.instance else { return }
        let key = UpstreamPool.Key(
            eventLoop: ObjectIdentifier(channel.eventLoop), host: instance.host, port: instance.port)
        if pooled, !exchange.request.isUpgrade, let connection = core.pool.take(key) {
            return attach(connection, to: exchange)
        }
        core.pool.connect(key, on: channel.eventLoop).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let connection) where exchange.isFinished:
                connection.value.close()
            case .success(let connection) where connection.value.isActive:
                attach(connection.value, to: exchange)
            case .success, .failure:
                if !exchange.isFinished { answer(.noAnswer, ending: exchange) }
            }
        }
    }

    private func attach(_ connection: UpstreamConnection, to exchange: Exchange) {
        connection.take(for: self)
        exchange.upstream = connection
        connection.send(.head(exchange.forwarded))
        for part in exchange.waiting { send(part, to: connection) }
        if !exchange.request.isRepeatable { exchange.waiting = [] }
        if exchange.request.expectsContinue, !exchange.requestEnded, !exchange.wasRepeated {
            write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
            channel.flush()
        }
        connection.flush()
        connection.read()
        readIfWanted()
    }
}

extension RequestHead.Refusal {
    fileprivate var wording: String {
        switch self {
        case .host: "Host"
        case .transferEncoding: "Transfer-Encoding"
        case .contentLength: "Content-Length"
        case .target: "request target"
        }
    }
}
