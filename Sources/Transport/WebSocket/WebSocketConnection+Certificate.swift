import NIOCore
import NIOSSL

extension WebSocketConnection {
    /// The server's own certificate (DER, RFC 5280); nil without TLS, or when the connection has ended.
    package func certificate() async -> [UInt8]? {
        guard timings.tls > .zero, let certificate = try? await channel.nioSSL_peerCertificate().get() else {
            return nil
        }
        return try? certificate.toDERBytes()
    }
}
