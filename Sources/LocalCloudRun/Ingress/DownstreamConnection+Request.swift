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
        // A route without targets is one that is known by name only.
        guard let route, !route.targets.isEmpty, !request.isReserved else {
            return answer(.notFound(path: request.target), to: request, keepAlive: request.keepsConnection)
        }
        if !route.isPublic, let refusal = refusal(of: request, service: route.service) {
            log(request, route: route, answer: refusal)
            return answer(refusal, to: request, keepAlive: request.keepsConnection)
        }
        let session =
            route.targets.contains(where: \.keepsSessions) ? SessionAffinity(cookies: head.headers["cookie"]) : nil
        let sessionTarget = session?.target(in: route)
        guard let target = sessionTarget ?? route.chooseTarget() else {
            log(request, route: route, answer: .noTarget)
            return answer(.noTarget, to: request, keepAlive: request.keepsConnection)
        }
        let given = head.headers.first(name: "traceparent")
        let traceparent = given.flatMap { TraceContext.isValid($0) ? $0 : nil } ?? TraceContext.make()
        let exchange = Exchange(
            request: request, route: route, target: target,
            forwarded: Forwarding.request(request, remoteAddress: remoteAddress, traceparent: traceparent),
            traceparent: traceparent, remoteAddress: remoteAddress)
        exchange.session = sessionTarget == nil ? nil : session
        self.exchange = exchange
        core.opened(revision: exchange.revision)
        exchange.deadline = channel.eventLoop.assumeIsolated().scheduleTask(
            in: .seconds(Int64(exchange.timeoutSeconds))
        ) { [self] in
            timedOut(exchange)
        }
        if let fault = core.faults.decide(
            .request(to: route.service, tag: route.tag, path: request.path))
        {
            return suffer(fault, exchange)
        }
        findInstance(exchange)
    }

    /// nil for a caller who may come in.
    private func refusal(of request: RequestHead, service: String) -> OwnAnswer? {
        guard let token = request.bearerToken else { return .forbidden(path: request.target) }
        return core.instances.accepts(token: token, service: service) ? nil : .unauthorized(path: request.target)
    }

    private func suffer(_ fault: FaultOutcome, _ exchange: Exchange) {
        let delay = TimeAmount.milliseconds(
            fault.latency.components.seconds * 1000
                + fault.latency.components.attoseconds / 1_000_000_000_000_000)
        channel.eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in
            guard !exchange.isFinished else { return }
            switch fault.ending {
            case .error(let status, let message, let retryAfter):
                answer(.fault(status: status, message: message, retryAfter: retryAfter), ending: exchange)
            case .reset: reset(exchange)
            case nil: findInstance(exchange)
            }
        }
    }

    /// Ends the connection with RST, as if the machine at the other end had gone.
    private func reset(_ exchange: Exchange) {
        exchange.message = "Fault injected: connection reset"
        finish(exchange)
        _ = channel.reset()
    }

    private func findInstance(_ exchange: Exchange) {
        if let lease = core.instances.readyInstance(of: exchange.revision, preferring: exchange.session?.instance) {
            exchange.instance = lease
            return connect(exchange, pooled: true)
        }
        awaitInstance(exchange)
    }

    /// Waits for an instance (a cold start may take seconds) without holding the event loop.
    private func awaitInstance(_ exchange: Exchange) {
        let found = channel.eventLoop.makePromise(of: Result<InstanceLease, InstanceUnavailable>.self)
        let instances = core.instances
        let revision = exchange.revision
        let preferred = exchange.session?.instance
        // Not structured: it starts from an event loop's callback, and gives its result back there.
        Task {
            do throws(InstanceUnavailable) {
                found.succeed(.success(try await instances.instance(of: revision, preferring: preferred)))
            } catch {
                found.succeed(.failure(error))
            }
        }
        found.futureResult.assumeIsolated().whenSuccess { [self] result in
            switch result {
            case .failure(let reason):
                if !exchange.isFinished { answer(.unavailable(reason), ending: exchange) }
            case .success(let lease) where exchange.isFinished:
                instances.finished(lease)
            case .success(let lease):
                exchange.instance = lease
                connect(exchange, pooled: true)
            }
        }
    }

    func connect(_ exchange: Exchange, pooled: Bool) {
        guard let instance = exchange.instance else { return }
        let key = UpstreamPool.Key(
            eventLoop: ObjectIdentifier(channel.eventLoop), instance: instance.instance, host: instance.host,
            port: instance.port)
        if pooled, !exchange.request.isUpgrade, let connection = core.pool.take(key) {
            return attach(connection, to: exchange)
        }
        let connection =
            instance.usesHTTP2
            ? core.streams.open(key, on: channel.eventLoop, pooled: pooled, pool: core.pool)
            : core.pool.connect(key, on: channel.eventLoop)
        connection.assumeIsolated().whenComplete { [self] result in
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
        var head = exchange.forwarded
        // gRPC's servers ask for it, and a stream always carries trailers on (RFC 9110 section 10.1.4).
        if connection.isStream { head.headers.replaceOrAdd(name: "te", value: "trailers") }
        connection.send(.head(head))
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
