/// Why no secure connection came about, for HTTP and WebSocket alike.
package struct TLSFailure: Error, Hashable, Sendable {
    package enum Cause: Hashable, Sendable, CaseIterable {
        case expired
        case notYetValid
        case selfSigned
        case unknownIssuer
        case wrongName
        case revoked
        /// The file or folder of trusted certificates cannot be used.
        case trustRoots
        /// Anything else: no common protocol version, a server that does not speak TLS.
        case handshake
    }

    package var cause: Cause
    /// For a person: a clause with a lower-case start.
    package var reason: String

    package init(_ cause: Cause, host: String, text: String) {
        self.cause = cause
        reason =
            switch cause {
            case .expired: "the certificate of `\(host)` has expired"
            case .notYetValid: "the certificate of `\(host)` is not valid yet"
            case .selfSigned: "the certificate of `\(host)` is signed by itself or by a root that is not trusted"
            case .unknownIssuer: "nobody who is trusted has issued the certificate of `\(host)`"
            case .wrongName: "the certificate that came is not for the name `\(host)`"
            case .revoked: "the certificate of `\(host)` was revoked"
            case .trustRoots, .handshake: text
            }
    }
}
