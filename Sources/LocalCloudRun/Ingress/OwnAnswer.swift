/// An answer that does not come from a container: what Google's front end says in its place, in its own words.
struct OwnAnswer: Hashable, Sendable {
    var status: Int
    var contentType: String
    var body: String

    /// The caller has no token that opens the service.
    static func forbidden(path: String) -> Self {
        page(
            403,
            """
            <html><head>
            <meta http-equiv="content-type" content="text/html;charset=utf-8">
            <title>403 Forbidden</title>
            </head>
            <body text=#000000 bgcolor=#ffffff>
            <h1>Error: Forbidden</h1>
            <h2>Your client does not have permission to get URL <code>\(escaped(path))</code> from this server.</h2>
            <h2></h2>
            </body></html>

            """)
    }

    /// No service has this host, or the path is one that never reaches a container (`/healthz`).
    static func notFound(path: String) -> Self {
        page(
            404,
            """
            <!DOCTYPE html>
            <html lang=en>
            <meta charset=utf-8>
            <title>Error 404 (Not Found)!!1</title>
            <p><b>404.</b> <ins>That’s an error.</ins>
            <p>The requested URL <code>\(escaped(path))</code> was not found on this server. \
            <ins>That’s all we know.</ins>

            """)
    }

    static func badRequest(_ reason: String) -> Self {
        text(400, "Bad Request: \(reason)")
    }

    static func unavailable(_ reason: InstanceUnavailable) -> Self {
        text(reason.status, reason.message)
    }

    /// The container did not take the connection, or closed it without an answer.
    static let noAnswer = text(
        503, "upstream connect error or disconnect/reset before headers. reset reason: connection termination")

    /// The container answered something that is not HTTP/1.1.
    static let malformedAnswer = text(
        502, "upstream connect error or disconnect/reset before headers. reset reason: protocol error")

    static let noTarget = text(503, "no healthy upstream")

    static let timedOut = text(504, "upstream request timeout")

    private static func text(_ status: Int, _ body: String) -> Self {
        Self(status: status, contentType: "text/plain", body: body)
    }

    private static func page(_ status: Int, _ body: String) -> Self {
        Self(status: status, contentType: "text/html; charset=UTF-8", body: body)
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.prefix(2048) {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }
}
