package import Transport

/// How this machine's clock stands to a server's, by the `Date` of an answer (RFC 9110 section 6.6.1).
package enum ServerClock {
    /// Seconds that this machine is ahead; nil when the server gives no date. `now` counts seconds since 1970. The
    /// answer's own time counts whole seconds, so that half of one is no difference.
    package static func skew(
        against url: String, http: HTTPClient, now: @Sendable () -> Double
    ) async throws(TransportError) -> Double? {
        let asked = now()
        let response = try await http.send(HTTPRequest("GET", url, timeout: .seconds(5)))
        let answered = now()
        guard let date = response.headers["Date"].flatMap(HTTPDate.seconds) else { return nil }
        return (asked + answered) / 2 - (Double(date) + 0.5)
    }
}
