/// `Retry-After` (RFC 9110 section 10.2.3): a number of seconds, or a date.
enum RetryAfter {
    /// More than anybody waits for.
    static let longest = Duration.seconds(3600)

    /// Nil for what is neither. `now` is the server's own clock (its `Date` field) where it said, so that a wrong clock
    /// on this machine does not make the wait long or short; in seconds since 1970.
    static func parse(_ text: String, now: Int) -> Duration? {
        let trimmed = text.drop { $0 == " " }
        if !trimmed.isEmpty, trimmed.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return Int(trimmed).map { min(.seconds($0), longest) } ?? longest
        }
        return HTTPDate.seconds(text).map { min(max(.seconds($0 - now), .zero), longest) }
    }
}
