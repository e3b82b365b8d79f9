/// Which requests go through which proxy, by the variables and the rules of curl (everything.curl.dev, "Proxy
/// environment variables"): one decision for HTTP and WebSocket.
package struct ProxyRules: Hashable, Sendable {
    /// What a URL's scheme is proxied by: where, or that the variable cannot be used.
    enum Route: Hashable, Sendable {
        case direct
        case through(Proxy)
        case unusable(variable: String)
    }

    /// In upper case `HTTP_PROXY` means nothing: a CGI program gets it from a request's `Proxy` field.
    static let variables = [
        "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
    ]

    private var values: [String: String]
    private var exceptions: [String]

    init(environment: [String: String]) {
        values = environment.filter { Self.variables.contains($0.key) && !$0.value.isEmpty }
        exceptions = (values["no_proxy"] ?? values["NO_PROXY"] ?? "").split { $0 == "," || $0 == " " }.map(String.init)
    }

    func route(to url: URLParts) -> Route {
        guard !url.isLoopback, !isException(url.host) else { return .direct }
        let names =
            url.scheme == "https" || url.scheme == "wss"
            ? ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] : ["http_proxy", "all_proxy", "ALL_PROXY"]
        for name in names {
            guard let value = values[name] else { continue }
            return Proxy(value, variable: name).map(Route.through) ?? .unusable(variable: name)
        }
        return .direct
    }

    private func isException(_ host: String) -> Bool {
        if exceptions == ["*"] { return true }
        let host = host.withoutTrailingDot
        if let address = IPAddress(host) {
            return exceptions.contains { exception in
                let parts = exception.split(separator: "/", maxSplits: 1).map(String.init)
                guard let network = parts.first.map(\.withoutBrackets).flatMap(IPAddress.init) else { return false }
                if parts.count == 1 { return network == address }
                return Int(parts[1]).map { address.isIn(network, prefix: $0) } ?? false
            }
        }
        return exceptions.contains { exception in
            let name = exception.lowercased().drop { $0 == "." }
            let wanted = String(name).withoutTrailingDot
            return !wanted.isEmpty && (host == wanted || host.hasSuffix("." + wanted))
        }
    }
}

extension String {
    var withoutTrailingDot: String { hasSuffix(".") ? String(dropLast()) : self }
    fileprivate var withoutBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
