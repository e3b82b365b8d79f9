package import NIOHTTP1

/// What a message says about one connection alone (RFC 9110 section 7.6.1), and what no proxy passes on therefore.
package enum ConnectionFields {
    /// What frames or authorises a message may not be named away.
    private static let kept: Set<String> = ["host", "content-length", "authorization", "cookie", "set-cookie"]
    private static let dropped: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate", "te",
        "transfer-encoding", "upgrade", "http2-settings",
    ]

    /// Without them, and without whatever the sender's Connection field names besides.
    package static func removed(from headers: NIOHTTP1.HTTPHeaders) -> NIOHTTP1.HTTPHeaders {
        var dropped = dropped
        for name in headers[canonicalForm: "connection"] {
            let name = name.lowercased()
            if !kept.contains(name) { dropped.insert(name) }
        }
        var result = NIOHTTP1.HTTPHeaders()
        result.reserveCapacity(headers.count + 6)
        for (name, value) in headers where !dropped.contains(name.lowercased()) {
            result.add(name: name, value: value)
        }
        return result
    }
}
