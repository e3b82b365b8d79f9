/// The part of `http://host:port/path` that the samples need to call each other.
struct UpstreamURL: Sendable {
    var host: String
    var port: Int
    var path: String

    /// Nil when the text is not a plain http URL; the samples do not speak TLS.
    init?(_ text: String) {
        guard text.hasPrefix("http://"), text.utf8.count <= 2048,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        let rest = text.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let sides = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = sides.first, !name.isEmpty, sides.count <= 2, !authority.contains("@") else { return nil }
        guard let port = sides.count == 2 ? Int(sides[1]) : 80, (1...65535).contains(port) else { return nil }
        host = name.lowercased()
        self.port = port
        // A base URL that ends in a slash must not give two.
        path = "/" + rest.dropFirst(authority.count).drop { $0 == "/" }
    }

    var hostHeader: String { port == 80 ? host : "\(host):\(port)" }

    /// Where to connect. Names below `localhost` are never asked of a name server (RFC 6761 section 6.3), and the C
    /// library on Debian does not know them: a line of `/etc/hosts` decides, else they are this machine.
    var address: String {
        guard host == "localhost" || host.hasSuffix(".localhost") else { return host }
        return HostsFile.address(of: host) ?? "127.0.0.1"
    }
}
