import NIOHTTP1

/// What reaches a service, and failures as they are wished for: for checks of what lies between a client and a service.
extension Route {
    static let echoes: [Route] =
        [HTTPMethod.GET, .POST, .PUT, .PATCH, .DELETE].map { method in
            .answering(method, "/api/echo", "What came of the request", success: 200) { _, call in
                .json(call.request.echo)
            }
        } + [
            Route(.GET, "/api/failures/{kind}", "Fails as it is told to: a status, hangup, garbage, large, slow") {
                _, call in Failure.reply(call.parameters["kind"] ?? "")
            }
        ]
}

/// Failures that a caller must be able to bear.
private enum Failure {
    static func reply(_ kind: String) -> Reply {
        switch kind {
        case "hangup": .hangUp
        case "garbage": .response(.text("{\"half\":", type: "application/json"))
        case "large": .response(.text(String(repeating: "x", count: 200_000)))
        case "slow": .stream(StreamScript(contentType: "text/plain", pieces: ["a", "b"], pauseMilliseconds: 1500))
        default: .response(failure(Int(kind)))
        }
    }

    private static func failure(_ status: Int?) -> Response {
        guard let status, (400...599).contains(status) else { return .error(.notFound, "no such failure") }
        return .error(
            HTTPResponseStatus(statusCode: status), "as it was wished; password of db.internal is hunter2hunter2")
    }
}

extension Request {
    /// Never credentials: an echo must not hand them to whoever may read the answer.
    private static let shown = [
        "accept", "accept-language", "connection", "content-length", "content-type", "forwarded", "host", "origin",
        "te", "traceparent", "transfer-encoding", "upgrade", "user-agent", "via", "x-forwarded-for",
        "x-forwarded-proto", "x-http-method-override", "x-request-timeout-ms",
    ]

    fileprivate var echo: JSON {
        let sent = Self.shown.compactMap { name -> JSON.Member? in
            let values = headers[canonicalForm: name].map(String.init)
            return values.isEmpty ? nil : .init(name: name, value: .string(values.joined(separator: ", ")))
        }
        let parameters = query.sorted { $0.key < $1.key }.map { JSON.Member(name: $0.key, value: .string($0.value)) }
        return [
            "method": .string(method.rawValue), "path": .string(path), "query": .object(parameters),
            "headers": .object(sent), "bytes": .integer(body.count),
            "text": .string(String(decoding: body.prefix(1024), as: UTF8.self)),
            "hasCredentials": .bool(headers.contains(name: "authorization")),
        ]
    }
}
