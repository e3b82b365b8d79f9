import NIOHTTP1

/// A request as the ingress understood it, before any decision: pure, so that every refusal is a table row.
struct RequestHead {
    enum Refusal: Error, Hashable {
        case host
        case transferEncoding
        case contentLength
        case target
    }

    let head: HTTPRequestHead
    /// Host and port that the caller asked for.
    let authority: String
    /// Path and query.
    let target: String
    /// HTTP/1.0: no chunks, and connections are kept only when that is asked.
    let isLegacy: Bool
    let isChunked: Bool
    let contentLength: Int?
    /// The caller offers to leave HTTP; the decoder reads nothing after such a request, taken up or not.
    let offersUpgrade: Bool
    /// The offer is one that is passed on (WebSocket and the like).
    let isUpgrade: Bool
    let expectsContinue: Bool

    init(_ head: HTTPRequestHead) throws(Refusal) {
        self.head = head
        isLegacy = head.version.major < 1 || head.version == .http1_0
        let hosts = head.headers["host"]
        // RFC 9112 section 3.2: one Host field, or the request is refused.
        guard hosts.count == 1 || (hosts.isEmpty && isLegacy) else { throw .host }
        var authority = hosts.first ?? ""
        var target = head.uri
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            authority = String(rest[..<end])
            target = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
            break
        }
        guard target.hasPrefix("/") || (target == "*" && head.method == .OPTIONS) else { throw .target }
        self.authority = authority
        self.target = Self.decodingUnreserved(target)

        // The decoder refuses both framings at once and two lengths; what it would let through is refused here, as the
        // body is framed anew towards the container (RFC 9112 section 6.1).
        let codings = head.headers["transfer-encoding"]
        let lengths = head.headers["content-length"]
        guard codings.isEmpty || (codings.count == 1 && codings[0].lowercased() == "chunked") else {
            throw .transferEncoding
        }
        guard codings.isEmpty || lengths.isEmpty, lengths.count <= 1 else { throw .contentLength }
        isChunked = !codings.isEmpty
        if let length = lengths.first {
            guard let value = Int(length), value >= 0 else { throw .contentLength }
            contentLength = value
        } else {
            contentLength = nil
        }
        let upgrades = head.headers[canonicalForm: "upgrade"]
        // Cloud Run's front end does not take cleartext HTTP/2 by upgrade; the offer is ignored, as RFC 9110 allows.
        offersUpgrade =
            !upgrades.isEmpty && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
        isUpgrade = offersUpgrade && upgrades.contains { $0.lowercased() != "h2c" }
        expectsContinue = head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
    }

    /// Escapes of the path that nothing needs (RFC 3986 section 2.3) are decoded before a container sees them: `%41`
    /// arrives as `A` (https://cloud.google.com/run/docs/known-issues). Dots that would make another path stay escaped.
    static func decodingUnreserved(_ target: String) -> String {
        guard target.utf8.contains(UInt8(ascii: "%")) else { return target }
        let end = target.firstIndex(of: "?") ?? target.endIndex
        let segments = target[..<end].split(separator: "/", omittingEmptySubsequences: false).map { segment in
            let decoded = decodingUnreserved(segment: segment)
            return decoded == "." || decoded == ".." ? String(segment) : decoded
        }
        return segments.joined(separator: "/") + target[end...]
    }

    private static func decodingUnreserved(segment: Substring) -> String {
        var result: [UInt8] = []
        var rest = segment.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.first != UInt8(ascii: "+"),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16),
                isUnreserved(value)
            {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~")].contains(byte)
        }
    }

    var isHTTP2: Bool { head.version.major == 2 }

    /// The head says that a body may follow, of whatever length.
    var mayHaveBody: Bool { isChunked || contentLength != nil }

    var hasBody: Bool { isChunked || (contentLength ?? 0) > 0 }

    /// Repeating is safe: the methods change nothing and there is no body that is gone (RFC 9110 section 9.2.2).
    var isRepeatable: Bool { !hasBody && !isUpgrade && (head.method == .GET || head.method == .HEAD) }

    var keepsConnection: Bool { head.isKeepAlive && !offersUpgrade }

    /// As the request log shows it.
    var url: String { "http://\(authority)\(target)" }

    /// Google's front end keeps these for itself on run.app; they never reach a container
    /// (https://cloud.google.com/run/docs/known-issues).
    var isReserved: Bool {
        path == "/healthz" || path == "/eventlog" || path == "/_ah" || path.hasPrefix("/_ah/") || head.method == .TRACE
    }

    var path: String {
        String(target.prefix { $0 != "?" })
    }

    /// The token that is checked: `X-Serverless-Authorization` wins over `Authorization`, which then belongs to the
    /// container alone.
    var bearerToken: String? {
        let value = head.headers.first(name: "x-serverless-authorization") ?? head.headers.first(name: "authorization")
        guard let value, value.count > 7, value.prefix(7).lowercased() == "bearer " else { return nil }
        return String(value.dropFirst(7).drop { $0 == " " })
    }
}
