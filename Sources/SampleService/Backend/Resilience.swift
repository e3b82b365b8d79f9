/// What keeps one broken part from breaking others: breakers, a cache, keys that fail a few times.
struct Resilience: Sendable {
    private static let capacity = 500
    /// Failures in a row that open a breaker.
    static let tolerance = 3

    struct Breaker: Sendable {
        enum State: String, Sendable { case closed, open, halfOpen = "half-open" }

        var state = State.closed
        var failures = 0

        mutating func note(success: Bool) {
            failures = success ? 0 : failures + 1
            if success { state = .closed } else if failures >= tolerance || state == .halfOpen { state = .open }
        }
    }

    private(set) var breakers: [String: Breaker] = [:]
    private(set) var cache: [String: Int] = [:]
    private(set) var hits = 0
    private(set) var misses = 0
    private var attempts: [String: Int] = [:]

    mutating func breaker(_ name: String, _ change: (inout Breaker) -> Void) -> Breaker {
        var breaker = breakers[name] ?? Breaker()
        change(&breaker)
        if breakers[name] != nil || breakers.count < Self.capacity { breakers[name] = breaker }
        return breaker
    }

    /// The cached value, and whether it was there.
    mutating func cached(_ key: String) -> (value: Int, isHit: Bool) {
        if let value = cache[key] {
            hits += 1
            return (value, true)
        }
        misses += 1
        let value = key.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
        if cache.count < Self.capacity { cache[key] = value }
        return (value, false)
    }

    /// Whether this attempt works; the first so many do not.
    mutating func attempt(_ key: String, failing times: Int) -> Int? {
        guard attempts[key] != nil || attempts.count < Self.capacity else { return nil }
        attempts[key, default: 0] += 1
        let count = attempts[key] ?? 1
        return count > times ? count : nil
    }

    /// Milliseconds to wait before each attempt: twice as long each time, at most five seconds.
    static func backoff(attempts: Int) -> [Int] {
        (0..<attempts).map { min(100 << min($0, 16), 5000) }
    }
}
