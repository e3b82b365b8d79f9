/// An answer that does not come from a container: what Google's front end says in its place, in its own words.
struct OwnAnswer: Hashable, Sendable {
    var status: Int
    var contentType: String
    var body: String
    /// Fields besides those that every answer has.
    var headers: [String: String] = [:]
    /// What the request log says of it.
    var logMessage: String?

    /// The caller has shown no token.
    static func forbidden(path: String) -> Self {
        var answer = page(
            403, "Forbidden",
            "Your client does not have permission to get URL <code>\(WebText.escaped(path))</code> from this server.")
        answer.logMessage =
            "The request was not authenticated. Either allow unauthenticated invocations or set the proper "
            + "Authorization header. Read more at https://cloud.google.com/run/docs/securing/authenticating Additional "
            + "troubleshooting documentation can be found at: "
            + "https://cloud.google.com/run/docs/troubleshooting#unauthorized-client"
        return answer
    }

    /// The token is no token of the local issuer, has ended, or is meant for another service.
    static func unauthorized(path: String) -> Self {
        var answer = page(
            401, "Unauthorized",
            "Your client does not have permission to the requested URL <code>\(WebText.escaped(path))</code>.")
        answer.headers["www-authenticate"] =
            #"Bearer error="invalid_token" error_description="The access token could not be verified""#
        answer.logMessage =
            "The request was not authorized to invoke this service. Read more at "
            + "https://cloud.google.com/run/docs/securing/authenticating Additional troubleshooting documentation can "
            + "be found at: https://cloud.google.com/run/docs/troubleshooting#401"
        return answer
    }

    /// No service has this host, or the path is one that never reaches a container (`/healthz`).
    static func notFound(path: String) -> Self {
        Self(
            status: 404, contentType: "text/html; charset=UTF-8",
            body: """
                <!DOCTYPE html>
                <html lang=en>
                <meta charset=utf-8>
                <title>Error 404 (Not Found)!!1</title>
                <p><b>404.</b> <ins>That’s an error.</ins>
                <p>The requested URL <code>\(WebText.escaped(path))</code> was not found on this server. \
                <ins>That’s all we know.</ins>

                """)
    }

    static func badRequest(_ reason: String) -> Self {
        text(400, "Bad Request: \(reason)")
    }

    static func unavailable(_ reason: InstanceUnavailable) -> Self {
        text(reason.status, reason.message, log: reason.message)
    }

    /// A fault that was asked for.
    static func fault(status: Int, message: String?, retryAfter: Int?) -> Self {
        let message = message ?? (status == 429 ? "Rate exceeded." : "Fault injected: \(status)")
        var answer = text(status, message, log: "Fault injected: \(status)")
        if let retryAfter { answer.headers["retry-after"] = String(retryAfter) }
        return answer
    }

    /// The container did not take the connection, or closed it without an answer.
    static let noAnswer = text(
        503, "upstream connect error or disconnect/reset before headers. reset reason: connection termination")

    /// The container answered something that is not HTTP/1.1.
    static let malformedAnswer = text(
        502, "upstream connect error or disconnect/reset before headers. reset reason: protocol error",
        log: "The request failed because either the HTTP response was malformed or connection to the instance had an "
            + "error.")

    static let noTarget = text(503, "no healthy upstream")

    static let timedOut = text(
        504, "upstream request timeout",
        log: "The request has been terminated because it has reached the maximum request timeout. To change this "
            + "limit, see https://cloud.google.com/run/docs/configuring/request-timeout")

    private static func text(_ status: Int, _ body: String, log: String? = nil) -> Self {
        Self(status: status, contentType: "text/plain", body: body, logMessage: log)
    }

    private static func page(_ status: Int, _ title: String, _ sentence: String) -> Self {
        Self(
            status: status, contentType: "text/html; charset=UTF-8",
            body: """
                <html><head>
                <meta http-equiv="content-type" content="text/html;charset=utf-8">
                <title>\(status) \(title)</title>
                </head>
                <body text=#000000 bgcolor=#ffffff>
                <h1>Error: \(title)</h1>
                <h2>\(sentence)</h2>
                <h2></h2>
                </body></html>

                """)
    }
}

enum WebText {
    /// Safe inside an element and inside a quoted attribute.
    static func escaped(_ text: String) -> String {
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
