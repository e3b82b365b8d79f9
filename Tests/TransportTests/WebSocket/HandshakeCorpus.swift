import Testing

/// Answers to the opening handshake, right and wrong (RFC 6455 section 4.1, RFC 9110, RFC 9112).
struct HandshakeCase: Sendable, CustomTestStringConvertible {
    enum End: Hashable, Sendable {
        case upgraded
        case violation
        case refused(Int, String)
        /// The server ended, or said nothing until the deadline.
        case noAnswer
    }

    var name: String
    /// `ACCEPT` stands for what belongs to the key that the client sent.
    var answer: String
    var end: End
    var thenClose: Bool

    init(_ name: String, _ answer: String, _ end: End, thenClose: Bool = false) {
        self.name = name
        self.answer = answer
        self.end = end
        self.thenClose = thenClose
    }

    var testDescription: String { name }
}

extension HandshakeCase {
    private static let start = "HTTP/1.1 101 Switching Protocols\r\n"
    private static let upgrade = "Upgrade: websocket\r\n"
    private static let connection = "Connection: Upgrade\r\n"
    private static let accept = "Sec-WebSocket-Accept: ACCEPT\r\n"

    private static func good(_ extra: String = "") -> String { start + upgrade + connection + accept + extra + "\r\n" }

    static let corpus = honest + fields + heads + statuses

    private static let honest: [HandshakeCase] = [
        HandshakeCase("as it should be", good(), .upgraded),
        HandshakeCase(
            "other cases, blanks, and a list",
            "HTTP/1.1 101 ok\r\nUPGRADE:  WebSocket \r\nconnection: keep-alive, upgrade\r\n"
                + "sec-websocket-accept:\tACCEPT\r\n\r\n", .upgraded),
        HandshakeCase("no reason phrase", "HTTP/1.1 101\r\n" + upgrade + connection + accept + "\r\n", .upgraded),
        HandshakeCase("lines that end with LF", good().replacing("\r\n", with: "\n"), .upgraded),
        HandshakeCase(
            "an interim answer before it", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + good(), .upgraded),
        HandshakeCase("a content length of 0", good("Content-Length: 0\r\n"), .upgraded),
        HandshakeCase("a subprotocol that was offered", good("Sec-WebSocket-Protocol: v2\r\n"), .upgraded),
        HandshakeCase("an empty list of extensions", good("Sec-WebSocket-Extensions:\r\n"), .upgraded),
        HandshakeCase("fields in bytes that are not UTF-8", good("X-Name: \u{E9}\r\n"), .upgraded),
    ]

    private static let fields: [HandshakeCase] = [
        HandshakeCase("no Sec-WebSocket-Accept", start + upgrade + connection + "\r\n", .violation),
        HandshakeCase(
            "a wrong Sec-WebSocket-Accept", good().replacing("ACCEPT", with: "AAAAAAAAAAAAAAAAAAAAAAAAAAA="), .violation
        ),
        HandshakeCase("an empty Sec-WebSocket-Accept", good().replacing("ACCEPT", with: ""), .violation),
        HandshakeCase("Sec-WebSocket-Accept in lower case", good().replacing("ACCEPT", with: "LOWERED"), .violation),
        HandshakeCase("the key itself as Sec-WebSocket-Accept", good().replacing("ACCEPT", with: "KEY"), .violation),
        HandshakeCase("two Sec-WebSocket-Accept", good("Sec-WebSocket-Accept: other\r\n"), .violation),
        HandshakeCase("the same Sec-WebSocket-Accept twice", good(accept), .violation),
        HandshakeCase("no Upgrade", start + connection + accept + "\r\n", .violation),
        HandshakeCase("another Upgrade", start + "Upgrade: h2c\r\n" + connection + accept + "\r\n", .violation),
        HandshakeCase("two Upgrades", start + "Upgrade: websocket, h2c\r\n" + connection + accept + "\r\n", .violation),
        HandshakeCase("no Connection", start + upgrade + accept + "\r\n", .violation),
        HandshakeCase("another Connection", start + upgrade + "Connection: close\r\n" + accept + "\r\n", .violation),
        HandshakeCase("an extension", good("Sec-WebSocket-Extensions: permessage-deflate\r\n"), .violation),
        HandshakeCase("an unknown extension", good("Sec-WebSocket-Extensions: x-thing; a=1\r\n"), .violation),
        HandshakeCase("a subprotocol that was not offered", good("Sec-WebSocket-Protocol: v9\r\n"), .violation),
        HandshakeCase(
            "two subprotocols", good("Sec-WebSocket-Protocol: v1\r\nSec-WebSocket-Protocol: v2\r\n"), .violation),
        HandshakeCase("a list of subprotocols", good("Sec-WebSocket-Protocol: v1, v2\r\n"), .violation),
        HandshakeCase("an empty subprotocol", good("Sec-WebSocket-Protocol:\r\n"), .violation),
        HandshakeCase("a subprotocol in other letters", good("Sec-WebSocket-Protocol: V2\r\n"), .violation),
        HandshakeCase("a body with a length", good("Content-Length: 5\r\n") + "hello", .violation),
        HandshakeCase("a body in chunks", good("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", .violation),
    ]

    private static let heads: [HandshakeCase] = [
        HandshakeCase("HTTP/1.0", good().replacing("HTTP/1.1", with: "HTTP/1.0"), .violation),
        HandshakeCase("HTTP/2", good().replacing("HTTP/1.1", with: "HTTP/2.0"), .violation),
        HandshakeCase("HTTP/1.2", good().replacing("HTTP/1.1", with: "HTTP/1.2"), .violation),
        HandshakeCase("not HTTP", "SSH-2.0-OpenSSH_9.2\r\n", .violation),
        HandshakeCase("a frame at once", "\u{81}\u{01}a", .violation),
        HandshakeCase("TLS", "\u{15}\u{03}\u{01}\u{00}\u{02}\u{02}\u{46}", .violation),
        HandshakeCase("a status of two digits", "HTTP/1.1 10 Odd\r\n\r\n", .violation),
        HandshakeCase("a status of four digits", "HTTP/1.1 1011 Odd\r\n\r\n", .violation),
        HandshakeCase("a status in words", "HTTP/1.1 one OK\r\n\r\n", .violation),
        HandshakeCase("a negative status", "HTTP/1.1 -99 OK\r\n\r\n", .violation),
        HandshakeCase("no status", "HTTP/1.1\r\n\r\n", .violation),
        HandshakeCase("a status of 999", "HTTP/1.1 999 Odd\r\n\r\n", .violation),
        HandshakeCase(
            "a line without a colon", start + upgrade + "nonsense\r\n" + connection + accept + "\r\n", .violation),
        HandshakeCase(
            "a blank before the colon", start + "Upgrade : websocket\r\n" + connection + accept + "\r\n", .violation),
        HandshakeCase(
            "a folded line", start + upgrade + "Connection: keep-alive,\r\n Upgrade\r\n" + accept + "\r\n", .violation),
        HandshakeCase("a field without a name", start + ": x\r\n" + upgrade + connection + accept + "\r\n", .violation),
        HandshakeCase("a NUL in a value", good("X-Odd: a\u{0}b\r\n"), .violation),
        HandshakeCase("a bare CR in a value", good("X-Odd: a\rb\r\n"), .violation),
        HandshakeCase("a giant field", good("X-Big: " + String(repeating: "a", count: 70_000) + "\r\n"), .violation),
        HandshakeCase(
            "fields without end", start + String(repeating: "X-More: and more\r\n", count: 5_000), .violation),
        HandshakeCase("a giant reason phrase", "HTTP/1.1 101 " + String(repeating: "a", count: 70_000), .violation),
        HandshakeCase("an end in the status line", "HTTP/1.1 10", .violation, thenClose: true),
        HandshakeCase("an end in the head", start + upgrade, .violation, thenClose: true),
        HandshakeCase("an end before anything", "", .noAnswer, thenClose: true),
        HandshakeCase("nothing", "", .noAnswer), HandshakeCase("half a head", start + upgrade, .noAnswer),
        HandshakeCase("interim answers only", "HTTP/1.1 100 Continue\r\n\r\n", .noAnswer),
    ]

    private static let statuses: [HandshakeCase] =
        [200, 201, 204, 301, 302, 307, 304, 400, 401, 403, 404, 407, 426, 429, 500, 502, 503, 599].map { status in
            let body = status == 204 || status == 304 ? "" : "no"
            return HandshakeCase(
                "status \(status)", "HTTP/1.1 \(status) Odd\r\nContent-Length: 2\r\n\r\n\(body)",
                .refused(status, body))
        } + [
            HandshakeCase(
                "200 with everything else right", good().replacing("101", with: "200"), .refused(200, ""),
                thenClose: true),
            HandshakeCase(
                "a refusal in chunks",
                "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nfor\r\n6\r\nbidden\r\n0\r\n\r\n",
                .refused(403, "forbidden")),
            HandshakeCase(
                "chunks with a size that is none",
                "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .refused(403, "")),
            HandshakeCase(
                "a chunk of a giant size, announced only",
                "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFF\r\n", .refused(403, "")),
            HandshakeCase(
                "a refusal until the end", "HTTP/1.0 503 No\r\n\r\nbusy", .refused(503, "busy"), thenClose: true),
            HandshakeCase(
                "a negative length", "HTTP/1.1 400 No\r\nContent-Length: -1\r\n\r\nodd", .refused(400, "odd"),
                thenClose: true),
            HandshakeCase(
                "a length beyond all numbers", "HTTP/1.1 400 No\r\nContent-Length: 99999999999999999999\r\n\r\nodd",
                .refused(400, "odd"), thenClose: true),
            HandshakeCase(
                "half a body", "HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\nhalf", .refused(503, "half"),
                thenClose: true),
        ]
}
