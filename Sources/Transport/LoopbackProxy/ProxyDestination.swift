/// Where a proxy sends a request.
package struct ProxyDestination: Hashable, Sendable {
    package var host: String
    package var port: Int
    var isSecure: Bool

    init(host: String, port: Int, isSecure: Bool) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
    }

    /// Nil for what is no URL of HTTP with a host.
    package init?(url: String) {
        guard let parts = URLParts(url), ["http", "https", "ws", "wss"].contains(parts.scheme) else { return nil }
        let isSecure = parts.scheme == "https" || parts.scheme == "wss"
        self.init(host: parts.host, port: parts.port ?? (isSecure ? 443 : 80), isSecure: isSecure)
    }

    /// What CONNECT names: `host:port`.
    init?(authority: String) {
        guard let parts = URLParts("http://\(authority)/"), let port = parts.port, !parts.hasUserInfo,
            (1...65_535).contains(port)
        else { return nil }
        self.init(host: parts.host, port: port, isSecure: false)
    }

    /// The name under which it is counted; this machine has one, however it is called.
    package var authority: String {
        let name = host.withoutTrailingDot.lowercased()
        if ["localhost", "127.0.0.1", "::1"].contains(name) { return "127.0.0.1:\(port)" }
        return "\(name.contains(":") ? "[\(name)]" : name):\(port)"
    }

    /// As the `Host` field has it.
    var hostField: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
