import NIOHTTP1

/// A request as the routes see it: whole, bounded, decoded.
struct Request: Sendable {
    var method: HTTPMethod
    var path: String
    var query: [String: String]
    /// As it came, for whoever must see a parameter that is there twice, or sends it on.
    var queryText: String
    /// Bytes of path and query as they came.
    let targetLength: Int
    var headers: HTTPHeaders
    var body: [UInt8]
    var client: String
    /// Every defect that was asked for, known here or not: a service that is asked on the way may know it.
    var mutationNames: [String] = []

    init(head: HTTPRequestHead, body: [UInt8], peer: String?) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        // A proxy may send the absolute form; the routes look at the path alone.
        var path = parts.first.map(String.init) ?? "/"
        if !path.hasPrefix("/") { path = "/" }
        method = head.method
        self.path = Request.decoded(path)
        queryText = parts.count > 1 ? String(parts[1]) : ""
        targetLength = head.uri.utf8.count
        query = [:]
        for pair in queryText.split(separator: "&").prefix(64) {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[Request.decoded(sides[0])] = sides.count > 1 ? Request.decoded(sides[1]) : ""
        }
        headers = head.headers
        self.body = body
        let forwarded = head.headers.first(name: "x-forwarded-for")?.split(separator: ",").first.map(String.init)
        client = String((forwarded ?? peer ?? "unknown").prefix(64))
    }

    /// The token of `Authorization: Bearer`, or of `?token=`, which browsers need for WebSockets.
    var bearerToken: String? {
        if let header = headers.first(name: "authorization") {
            let words = header.split(separator: " ", maxSplits: 1)
            guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
            return String(words[1])
        }
        return query["token"]
    }

    /// Whether the client asks for a WebSocket that this service can give (RFC 6455 section 4.2.1).
    var webSocketKey: String? {
        guard method == .GET, headers[canonicalForm: "upgrade"].contains(where: { $0.lowercased() == "websocket" }),
            headers.first(name: "sec-websocket-version") == "13",
            let key = headers.first(name: "sec-websocket-key"), key.utf8.count == 24
        else { return nil }
        return key
    }

    /// Percent-decoded; a malformed escape is kept as it stands.
    static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
