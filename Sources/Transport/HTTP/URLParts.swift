import Clibcurl

/// A URL as libcurl's own parser reads it, so that a decision about a host and the connection never disagree.
struct URLParts: Hashable, Sendable {
    /// Lower case.
    var scheme: String
    /// Lower case, IPv6 without its brackets.
    var host: String
    var port: Int?
    /// Path and query, as they stand in a request line.
    var target: String
    /// Decoded, as the password.
    var user: String?
    var password: String?

    var hasUserInfo: Bool { user != nil || password != nil }

    init?(_ text: String) {
        guard text.utf8.count <= 65_536, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), let handle = curl_url()
        else { return nil }
        defer { curl_url_cleanup(handle) }
        let anyScheme = UInt32(CURLU_NON_SUPPORT_SCHEME)
        guard curl_url_set(handle, CURLUPART_URL, text, anyScheme) == CURLUE_OK else { return nil }

        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &value, UInt32(flags)) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        guard let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST), !host.isEmpty else { return nil }
        self.scheme = scheme.lowercased()
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        self.host = bare.lowercased()
        port = part(CURLUPART_PORT).flatMap { Int($0) }
        let path = part(CURLUPART_PATH) ?? "/"
        target = part(CURLUPART_QUERY).map { "\(path)?\($0)" } ?? path
        user = part(CURLUPART_USER, CURLU_URLDECODE) ?? part(CURLUPART_USER)
        password = part(CURLUPART_PASSWORD, CURLU_URLDECODE) ?? part(CURLUPART_PASSWORD)
    }

    /// The host with its port, if one was written, as the `Host` field has it.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(name):\($0)" } ?? name
    }

    /// RFC 6454: what may share secrets.
    var origin: String {
        let usual = scheme == "https" || scheme == "wss" ? 443 : 80
        return "\(scheme)://\(host.withoutTrailingDot):\(port ?? usual)"
    }

    /// RFC 6761 section 6.3: `localhost` and every name below it mean this machine.
    var isLocalhostName: Bool {
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        return name == "localhost" || name.hasSuffix(".localhost")
    }

    /// This machine: no proxy could reach what is meant.
    var isLoopback: Bool {
        isLocalhostName || IPAddress(host)?.scope == .thisMachine
    }
}
