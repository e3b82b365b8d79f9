/// Whom a URL speaks to (RFC 6454), as libcurl reads it: what is decided about a secret and the connection that carries
/// the secret never disagree about the host.
package struct Origin: Hashable, Sendable {
    /// `http`, `https`, `ws` or `wss`.
    package let scheme: String
    /// Lower case, IPv6 in brackets.
    package let host: String
    /// A user name or a password stands before the host, and would be sent along.
    package let hasUserInfo: Bool
    /// This very machine.
    package let isLoopback: Bool

    /// Nil for what is no URL of these schemes with a host.
    package init?(_ url: String) {
        guard let parts = URLParts(url), ["http", "https", "ws", "wss"].contains(parts.scheme) else { return nil }
        scheme = parts.scheme
        host = parts.host.contains(":") ? "[\(parts.host)]" : parts.host
        hasUserInfo = parts.hasUserInfo
        isLoopback = parts.isLoopback
    }

    /// Over TLS, or to this very machine: nobody else on the way can read it.
    package var keepsSecrets: Bool { scheme == "https" || scheme == "wss" || isLoopback }
}
