/// So many requests per client and second; what is over has to wait for the next one.
struct RateLimiter: Sendable {
    /// More clients than this in one second are counted as one, so that memory stays bounded.
    private static let capacity = 1024

    let limit: Int
    private var second = 0
    private var counts: [String: Int] = [:]

    init(limit: Int) { self.limit = limit }

    /// Whether this request may pass; `now` in seconds.
    mutating func admits(_ client: String, now: Int) -> Bool {
        if now != second {
            second = now
            counts = [:]
        }
        let key = counts[client] != nil || counts.count < Self.capacity ? client : ""
        counts[key, default: 0] += 1
        return counts[key, default: 0] <= limit
    }
}
