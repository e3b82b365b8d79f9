import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Connects, shakes hands and closes: what TLS says about a server. libcurl 7.88 has no way to ask for the version that
/// was agreed on, so that this is SwiftNIO's.
package enum TLSInspector {
    package struct Request: Sendable {
        package var host: String
        package var port: Int
        /// `1.0` to `1.3`; nil offers 1.2 and 1.3.
        package var onlyVersion: String?
        package var timeout: Duration

        package init(host: String, port: Int, onlyVersion: String? = nil, timeout: Duration) {
            self.host = host
            self.port = port
            self.onlyVersion = onlyVersion
            self.timeout = timeout
        }
    }

    package struct Connection: Hashable, Sendable {
        /// `1.2`, `1.3`.
        package var version: String
        /// The server's certificate (DER, RFC 5280).
        package var certificate: [UInt8]
        /// Seconds since 1970.
        package var notAfter: Int
        package var remoteAddress: String?
    }

    /// Throws what HTTP would: the certificate is verified, and a proxy of the environment is gone through.
    package static func inspect(
        _ request: Request, userAgent: String = "stagectl", network: NetworkSettings? = nil
    ) async throws(TransportError) -> Connection {
        let network = network ?? .process
        let name = request.host.contains(":") ? "[\(request.host)]" : request.host
        guard let url = URLParts("https://\(name):\(request.port)/") else {
            throw .invalidRequest(reason: "`\(request.host)` is not a host")
        }
        let context: NIOSSLContext
        do {
            context = try Self.context(for: request, network)
        } catch {
            throw .tls(TLSFailure(.trustRoots, host: url.host, text: "the trusted certificates cannot be read"))
        }
        var host = url.isLocalhostName && url.host != "localhost" ? "127.0.0.1" : url.host
        var port = request.port
        var tunnel: Proxy?
        switch network.proxies.route(to: url) {
        case .direct: break
        case .unusable(let variable): throw .couldNotConnect(reason: "`\(variable)` does not name a proxy")
        case .through(let proxy):
            guard proxy.scheme == "http" else {
                throw .couldNotConnect(reason: "the proxy `\(proxy.shown)` of \(proxy.variable) is not one of http")
            }
            tunnel = proxy
            (host, port) = (proxy.host, proxy.port)
        }
        do {
            return try await connect(
                url, (host, port), tunnel, context, request.timeout, userAgent, "\(name):\(request.port)")
        } catch {
            throw await Self.failure(error, url, request, network)
        }
    }

    private static func connect(
        _ url: URLParts, _ address: (host: String, port: Int), _ tunnel: Proxy?, _ context: NIOSSLContext,
        _ timeout: Duration, _ userAgent: String, _ target: String
    ) async throws -> Connection {
        let limit = TimeAmount.milliseconds(Int64(timeout.clampedMilliseconds))
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let seen = loop.makePromise(of: Connection.self)
        let timer = loop.scheduleTask(in: limit) { seen.fail(ChannelError.connectTimeout(limit)) }
        seen.futureResult.whenComplete { _ in timer.cancel() }
        let connecting = ClientBootstrap(group: loop).connectTimeout(limit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tunnel {
                        try pipeline.addHandler(ProxyTunnel(tunnel, target: target, userAgent: userAgent))
                    }
                    // An address is no server name (RFC 6066 section 3).
                    let name = IPAddress(url.host) == nil ? url.host.withoutTrailingDot : nil
                    try pipeline.addHandler(try NIOSSLClientHandler(context: context, serverHostname: name))
                    try pipeline.addHandler(HandshakeWatcher(seen))
                }
            }
            .connect(host: address.host, port: address.port)
        connecting.whenFailure { seen.fail($0) }
        connecting.whenSuccess { channel in
            seen.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
        return try await seen.futureResult.get()
    }

    private static func context(for request: Request, _ network: NetworkSettings) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        let versions: [String: NIOSSL.TLSVersion] = ["1.0": .tlsv1, "1.1": .tlsv11, "1.2": .tlsv12, "1.3": .tlsv13]
        if let only = request.onlyVersion.flatMap({ versions[$0] }) {
            configuration.minimumTLSVersion = only
            configuration.maximumTLSVersion = only
        } else {
            configuration.minimumTLSVersion = .tlsv12
        }
        if let file = network.trustedFile { configuration.trustRoots = .file(file) }
        if let folder = network.trustedFolder { configuration.additionalTrustRoots = [.file(folder)] }
        return try NIOSSLContext(configuration: configuration)
    }

    private static func failure(
        _ error: any Error, _ url: URLParts, _ request: Request, _ network: NetworkSettings
    ) async -> TransportError {
        if let failure = WebSocketTLS.failure(error, host: url.host) {
            guard failure.cause == .handshake, request.onlyVersion == nil else { return .tls(failure) }
            return .tls(await WebSocketTLS.reason(url, network: network, within: request.timeout) ?? failure)
        }
        switch error {
        case let error as NIOConnectionError:
            guard let first = error.connectionErrors.first else { return .couldNotResolve(host: url.host) }
            return await failure(first.error, url, request, network)
        case ChannelError.connectTimeout: return .timedOut(sent: false)
        case let refusal as ProxyTunnel.Refused: return .couldNotConnect(reason: refusal.reason)
        case let error as IOError where error.errnoCode == 104:
            return .tls(TLSFailure(.handshake, host: url.host, text: "the server ended the TLS handshake"))
        case let error as IOError: return .couldNotConnect(reason: ChildProcess.describe(error.errnoCode))
        default:
            return .tls(TLSFailure(.handshake, host: url.host, text: "the server ended the TLS handshake"))
        }
    }
}

/// Takes down what the handshake of one channel came to.
private final class HandshakeWatcher: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private struct Ended: Error {}

    private let seen: EventLoopPromise<TLSInspector.Connection>

    init(_ seen: EventLoopPromise<TLSInspector.Connection>) {
        self.seen = seen
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { seen.completeWith(Result { try connection(context) }) }
        context.fireUserInboundEventTriggered(event)
    }

    private func connection(_ context: ChannelHandlerContext) throws -> TLSInspector.Connection {
        let pipeline = context.pipeline.syncOperations
        guard let certificate = try pipeline.nioSSL_peerCertificate(), let version = try pipeline.nioSSL_tlsVersion()
        else { throw Ended() }
        let words: [NIOSSL.TLSVersion: String] = [.tlsv1: "1.0", .tlsv11: "1.1", .tlsv12: "1.2", .tlsv13: "1.3"]
        return TLSInspector.Connection(
            version: words[version] ?? "1.3", certificate: try certificate.toDERBytes(),
            notAfter: Int(certificate.notValidAfter), remoteAddress: context.remoteAddress?.addressText)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        seen.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        seen.fail(Ended())
        context.fireChannelInactive()
    }
}

extension SocketAddress {
    /// `address:port`, as libcurl's answers have it.
    fileprivate var addressText: String? {
        guard let ipAddress, let port else { return nil }
        return ipAddress.contains(":") ? "[\(ipAddress)]:\(port)" : "\(ipAddress):\(port)"
    }
}
