/// A proxy, and the variable that named it.
package struct Proxy: Hashable, Sendable {
    package var variable: String
    /// `http`, `https`, `socks5` and so on.
    var scheme: String
    var host: String
    var port: Int
    var user: String?
    var password: String?

    /// Nil for what is no URL. Without a scheme it is an HTTP proxy, without a port 1080, as libcurl has it.
    init?(_ text: String, variable: String) {
        let url = text.firstRange(of: "://") == nil ? "http://\(text)" : text
        guard let parts = URLParts(url) else { return nil }
        self.variable = variable
        scheme = parts.scheme
        host = parts.host
        port = parts.port ?? (parts.scheme == "https" ? 443 : 1080)
        user = parts.user
        password = parts.password
    }

    /// What can be shown: no name and no password.
    package var shown: String {
        "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
