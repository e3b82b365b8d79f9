import NIOHTTP1

/// A whole response; what every response carries (identity, length) is added where it is written.
struct Response: Sendable {
    var status: HTTPResponseStatus
    var contentType: String
    var headers: [(String, String)] = []
    var body: [UInt8]

    static func json(_ document: JSON, status: HTTPResponseStatus = .ok) -> Response {
        Response(status: status, contentType: "application/json", body: Array((document.serialized + "\n").utf8))
    }

    static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(status: .ok, contentType: type, body: Array(text.utf8))
    }

    static func error(_ status: HTTPResponseStatus, _ reason: String) -> Response {
        json(["error": .string(reason), "status": .integer(Int(status.code))], status: status)
    }

    static let noContent = Response(status: .noContent, contentType: "text/plain", body: [])

    static func redirect(_ address: String) -> Response {
        // With a note for whoever does not follow (RFC 9110 section 15.4.3).
        Response(
            status: .found, contentType: "text/plain; charset=utf-8", headers: [("location", address)],
            body: Array("Go on at \(address)\n".utf8))
    }

    func with(header name: String, _ value: String) -> Response {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }
}

/// How a request is answered.
enum Reply: Sendable {
    case response(Response)
    /// Piece by piece.
    case stream(StreamScript)
    /// 101, then WebSocket frames; `key` is the client's.
    case webSocket(SocketOpening)
    /// What the service at this URL answers, wrapped under `name`.
    case upstream(name: String, url: String)
    /// What another service answers to this request.
    case proxied(ProxiedRequest)
    /// What several answer, asked at once.
    case collected([ProxiedRequest], @Sendable ([Response]) -> Response)
    /// The events of an execution, while they happen.
    case following(ExecutionStream)
    /// The connection ends without an answer.
    case hangUp
}

/// A WebSocket that was accepted.
struct SocketOpening: Sendable {
    var key: String
    var user: String
    /// The one that the client is told to use; nil for none.
    var subprotocol: String?
    var query: [String: String] = [:]
}

extension Response {
    static let empty = Response(status: .noContent, contentType: "text/plain", body: [])

    static func missing(_ name: String) -> Response {
        .error(.badRequest, "the body must be a JSON object with the text `\(name)`")
    }
}
