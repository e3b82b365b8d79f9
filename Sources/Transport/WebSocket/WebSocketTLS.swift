import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// TLS for `wss://`: certificate and host name are always verified, against the system's roots or those that the
/// environment names.
enum WebSocketTLS {
    private struct Trust: Hashable {
        var file: String?
        var folder: String?
    }

    /// Reading Debian's bundle takes 4 to 6 ms: at the first secure connection, and once.
    private static let contexts = Mutex<[Trust: NIOSSLContext]>([:])

    static func addHandler(to channel: any Channel, host: String, network: NetworkSettings) throws {
        let context = try context(Trust(file: network.trustedFile, folder: network.trustedFolder), host: host)
        // An address is no server name (RFC 6066 section 3); NIOSSL then compares the address of the connection.
        let name = IPAddress(host) == nil ? host.withoutTrailingDot : nil
        let handler = try NIOSSLClientHandler(context: context, serverHostname: name)
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    private static func context(_ trust: Trust, host: String) throws(TLSFailure) -> NIOSSLContext {
        if let known = contexts.withLock({ $0[trust] }) { return known }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // An upgrade is a thing of HTTP/1.1; without a word some servers choose HTTP/2.
        configuration.applicationProtocols = ["http/1.1"]
        if let file = trust.file { configuration.trustRoots = .file(file) }
        if let folder = trust.folder { configuration.additionalTrustRoots = [.file(folder)] }
        do {
            let context = try NIOSSLContext(configuration: configuration)
            contexts.withLock { $0[trust] = context }
            return context
        } catch {
            let place = [trust.file, trust.folder].compactMap { $0.map { "`\($0)`" } }.joined(separator: " or ")
            throw TLSFailure(
                .trustRoots, host: host,
                text: "the trusted certificates\(place.isEmpty ? "" : " of \(place)") cannot be read")
        }
    }

    /// Nil for an error that is not TLS's.
    static func failure(_ error: any Error, host: String) -> TLSFailure? {
        switch error {
        case let failure as TLSFailure: failure
        // What the channel could not be set up with.
        case let error as NIOConnectionError:
            error.connectionErrors.lazy.compactMap { Self.failure($0.error, host: host) }.first
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            TLSFailure(.wrongName, host: host, text: "")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            TLSFailure(.handshake, host: host, text: "the TLS handshake failed")
        default: nil
        }
    }

    /// BoringSSL tells us that a certificate does not hold but not why. libcurl does: it makes the same connection once
    /// more, sends nothing over it, and gives the reason; nil when it finds nothing wrong.
    static func reason(_ url: URLParts, network: NetworkSettings, within limit: Duration) async -> TLSFailure? {
        let authority = url.port == nil ? url.authority + ":443" : url.authority
        var request = HTTPRequest("GET", "https://\(authority)/", timeout: limit, connectTimeout: limit)
        request.connectsOnly = true
        do throws(TransportError) {
            _ = try await HTTPClient(network: network).send(request)
        } catch {
            if case .tls(let failure) = error { return failure }
        }
        return nil
    }
}
