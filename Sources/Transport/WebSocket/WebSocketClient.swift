import NIOCore
import NIOPosix
import Synchronization

/// Opens WebSocket connections over SwiftNIO.
package enum WebSocketClient {
    /// The connection after a completed handshake; cancelling the task ends the attempt. `network` is the process's own
    /// environment where it is nil.
    package static func connect(
        _ request: WebSocketRequest, userAgent: String = "stagectl", network: NetworkSettings? = nil
    ) async throws(WebSocketError) -> WebSocketConnection {
        let handshake = WebSocketHandshake(url: try parse(request), request: request, userAgent: userAgent)
        let network = network ?? .process
        if Task.isCancelled { throw .cancelled }
        let attempt = Attempt()
        let outcome = await withTaskCancellationHandler {
            await open(handshake, network, attempt)
        } onCancel: {
            attempt.stop(.cancelled)
        }
        attempt.succeed()
        switch outcome {
        case .success(let connection):
            // Stopped in the very moment of success: its channel is closed.
            if let error = attempt.stoppedBy { throw error }
            return connection
        case .failure(let error):
            attempt.close()
            if case .refused = error { throw error }
            if let stopped = attempt.stoppedBy { throw stopped }
            guard case .tls(let failure) = error, failure.cause == .handshake else { throw error }
            let reason = await WebSocketTLS.reason(
                handshake.url, network: network, within: request.connectTimeout)
            throw .tls(reason ?? failure)
        }
    }

    private static func parse(_ request: WebSocketRequest) throws(WebSocketError) -> URLParts {
        guard let url = URLParts(request.url) else {
            throw .invalidURL(reason: "`\(request.url.prefix(200))` is not a URL")
        }
        guard url.scheme == "ws" || url.scheme == "wss" else {
            throw .invalidURL(reason: "`\(url.scheme)` is not a WebSocket scheme, only ws and wss")
        }
        if url.hasUserInfo { throw .invalidURL(reason: "a WebSocket URL has no user or password") }
        if let fault = HTTPSyntax.findFault(in: request.headers) { throw .invalidURL(reason: fault) }
        for field in request.headers.fields where WebSocketHandshake.reserved.contains(field.name.lowercased()) {
            throw .invalidURL(reason: "header `\(field.name)` is the handshake's own")
        }
        for name in request.subprotocols where !HTTPSyntax.isToken(name) {
            throw .invalidURL(reason: "`\(name.prefix(80))` is not a subprotocol")
        }
        return url
    }

    private static func open(
        _ handshake: WebSocketHandshake, _ network: NetworkSettings, _ attempt: Attempt
    ) async -> Result<WebSocketConnection, WebSocketError> {
        let limit = TimeAmount.milliseconds(Int64(handshake.request.connectTimeout.clampedMilliseconds))
        let url = handshake.url
        let isSecure = url.scheme == "wss"
        let stopwatch = WebSocketStopwatch()
        let port = url.port ?? (isSecure ? 443 : 80)
        // glibc does not resolve names below localhost (RFC 6761 section 6.3).
        var host = url.isLocalhostName && url.host != "localhost" ? "127.0.0.1" : url.host
        var connectPort = port
        let proxy: Proxy?
        switch network.proxies.route(to: url) {
        case .direct: proxy = nil
        case .unusable(let variable):
            return .failure(.couldNotConnect(reason: "`\(variable)` does not name a proxy"))
        case .through(let named):
            guard named.scheme == "http" else {
                return .failure(
                    .couldNotConnect(
                        reason: "a WebSocket cannot go through the proxy `\(named.shown)` of \(named.variable), "
                            + "only through one of http"))
            }
            proxy = named
            (host, connectPort) = (named.host, named.port)
        }
        do {
            let answer = try await connect(to: host, connectPort, limit) { channel in
                attempt.begin(channel, limit)
                if let proxy {
                    let name = url.host.contains(":") ? "[\(url.host)]" : url.host
                    try channel.pipeline.syncOperations.addHandler(
                        ProxyTunnel(proxy, target: "\(name):\(port)", userAgent: handshake.userAgent))
                }
                if isSecure { try WebSocketTLS.addHandler(to: channel, host: url.host, network: network) }
                let promise = channel.eventLoop.makePromise(of: WebSocketAnswer.self)
                do {
                    try channel.pipeline.syncOperations.addHandler(WebSocketOpening(handshake, promise, stopwatch))
                } catch {
                    promise.fail(error)
                }
                return promise.futureResult
            }
            switch answer {
            case .upgraded(let channel, let inbox, let answer, let timings):
                return .success(WebSocketConnection(channel, inbox, answer, timings))
            case .failed(let error):
                return .failure(error)
            }
        } catch {
            return .failure(describe(error, url, proxy))
        }
    }

    private static func connect(
        to host: String, _ port: Int, _ limit: TimeAmount,
        _ configure: @escaping @Sendable (any Channel) throws -> EventLoopFuture<WebSocketAnswer>
    ) async throws -> WebSocketAnswer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(limit)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        let initializer: @Sendable (any Channel) -> EventLoopFuture<EventLoopFuture<WebSocketAnswer>> = { channel in
            channel.eventLoop.makeCompletedFuture { try configure(channel) }
        }
        // An address needs no look-up, which NIO makes one after the other.
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            return try await bootstrap.connect(to: address, channelInitializer: initializer).get()
        }
        return try await bootstrap.resolver(SharedNameLookup(loop))
            .connect(host: host, port: port, channelInitializer: initializer).get()
    }

    private static func describe(_ error: any Error, _ url: URLParts, _ proxy: Proxy?) -> WebSocketError {
        if let failure = WebSocketTLS.failure(error, host: url.host) { return .tls(failure) }
        let described = describe(error, host: proxy?.host ?? url.host)
        guard let proxy, case .couldNotConnect(let reason) = described else { return described }
        return .couldNotConnect(reason: "\(reason) (through the proxy `\(proxy.shown)` of \(proxy.variable))")
    }

    private static func describe(_ error: any Error, host: String) -> WebSocketError {
        switch error {
        case let refusal as ProxyTunnel.Refused:
            return .couldNotConnect(reason: refusal.reason)
        case ChannelError.connectTimeout:
            return .timedOut
        case let error as NIOConnectionError:
            guard let first = error.connectionErrors.first else {
                return .couldNotConnect(reason: "`\(host)` cannot be resolved")
            }
            return describe(first.error, host: host)
        case let error as IOError:
            return .couldNotConnect(reason: ChildProcess.describe(error.errnoCode))
        case is ChannelError:
            return .couldNotConnect(reason: "the server closed the connection without an answer")
        default:
            return .couldNotConnect(reason: "the connection failed")
        }
    }
}

/// One attempt to connect: the channels it opened, and who stopped it.
private final class Attempt: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var timers: [Scheduled<Void>] = []
        var stoppedBy: WebSocketError?
    }

    private let state = Mutex(State())

    var stoppedBy: WebSocketError? { state.withLock { $0.stoppedBy } }

    /// Called for each address that is tried.
    func begin(_ channel: any Channel, _ limit: TimeAmount) {
        let timer = channel.eventLoop.scheduleTask(in: limit) { self.stop(.timedOut) }
        let stopped = state.withLock { state -> Bool in
            state.channels.append(channel)
            state.timers.append(timer)
            return state.stoppedBy != nil
        }
        if stopped { channel.close(promise: nil) }
    }

    func stop(_ error: WebSocketError) {
        state.withLock { $0.stoppedBy = $0.stoppedBy ?? error }
        close()
    }

    func succeed() {
        for timer in state.withLock({ $0.timers }) { timer.cancel() }
    }

    func close() {
        for channel in state.withLock({ $0.channels }) { channel.close(promise: nil) }
    }
}
