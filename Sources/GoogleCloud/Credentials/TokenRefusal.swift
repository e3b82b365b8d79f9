import JSON
import Transport

/// An answer of a token server that is not a success, in OAuth's words (RFC 6749 section 5.2) or in those of
/// `google.rpc.Status`. A body that is neither is not kept: whatever it is, it may hold what was sent.
struct TokenRefusal: Hashable, Sendable {
    var httpStatus: Int
    /// `invalid_grant`, `PERMISSION_DENIED`; nil when the answer did not say.
    var code: String?
    var message: String?
    var retryAfter: Duration?
    /// Seconds that this machine's clock is ahead of the server's, where the answer tells.
    var clockLead: Int64?

    private static let longestMessage = 500

    /// - Parameters:
    ///   - secrets: what the request held, in case that the server says it back.
    ///   - now: seconds since 1970.
    init(_ response: HTTPResponse, secrets: [Secret], now: Int64) {
        httpStatus = response.status
        let date = response.headers["Date"].flatMap(HTTPDate.seconds)
        clockLead = date.map { now - Int64($0) }
        retryAfter = response.headers["Retry-After"].flatMap { RetryAfter.parse($0, now: date ?? Int(now)) }
        guard let document = try? JSONValue(parsing: response.body) else { return }
        func text(_ value: JSONValue?) -> String? {
            let line = value?.string.map { secrets.redacted(from: $0).oneLine(longest: Self.longestMessage) }
            return line.flatMap { $0.isEmpty ? nil : $0 }
        }
        if let error = document["error"], error.object != nil {
            code = text(error["status"])
            message = text(error["message"])
        } else {
            code = text(document["error"])
            message = text(document["error_description"]) ?? text(document["error_subtype"])
        }
    }

    /// Worth another try: nothing was wrong with the request (RFC 6749 section 4.1.2.1 names the two words, for
    /// servers that answer 400 for their own trouble).
    var isTransient: Bool {
        [408, 429, 500, 502, 503, 504].contains(httpStatus)
            || ["server_error", "temporarily_unavailable", "internal_failure"].contains(code)
    }
}

extension String {
    /// What somebody else wrote, without control and formatting characters: it ends on a terminal.
    func oneLine(longest: Int) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars.prefix(longest) {
            let isControl = [.control, .format, .lineSeparator, .paragraphSeparator]
                .contains(scalar.properties.generalCategory)
            scalars.append(isControl ? " " : scalar)
        }
        var line = String(scalars).split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        while line.hasSuffix(".") { line.removeLast() }
        return line
    }
}
