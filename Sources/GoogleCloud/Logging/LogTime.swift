/// Times of log entries, for whoever counts with them.
package enum LogTime {
    /// Seconds since 1970 of an RFC 3339 time; nil for anything else.
    package static func seconds(_ text: String) -> Double? { Timestamp.seconds(text) }
}
