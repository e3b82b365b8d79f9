import Verification

/// Too many requests for somebody's limit.
enum RateCauses {
    private static let phrases = [
        // A limit that is only told of is not reached.
        Phrase(["rate limit", "ratelimit"], unless: [" used ", "remaining", "configured", "disabled"]),
        Phrase([
            "too many requests", "throttl", "resource exhausted", "requests per minute",
            "slow down",
        ]),
        Phrase(
            ["quota", "request limit", "call limit"], ["exceed", "reached", "exhaust", "over"],
            unless: ["memory", "disk", "storage", "retries", "attempts", "connections"]),
        // Whoever limits, and what: `limiting requests, excess: 20 by zone`.
        Phrase(
            ["limiting", "limited", "limiter"], ["request", "call", " rate ", " zone "],
            unless: ["memory", "time limited", "instance"]),
    ]
    /// Cloud Run's own 429.
    private static let instances = [
        "no available instance", "instance limit", "max instances", "maximum number of instances",
    ]

    static let rules = [
        CauseRule(.rateLimited) { failure in
            guard let seen = failure.texts.first(of: phrases),
                !failure.texts.contains(where: { text in instances.contains { text.mentions($0) } })
            else { return nil }
            return finding(failure, .named, seen.evidence)
        },
        CauseRule(.rateLimited) { failure in
            guard failure.status == 429, failure.answeredBy != .platform,
                !failure.texts.contains(where: { text in instances.contains { text.mentions($0) } })
            else { return nil }
            return finding(failure, .shown, failure.messages.first?.evidence)
        },
    ]

    private static func finding(
        _ failure: SeenFailure, _ closeness: CauseRule.Closeness, _ seen: CauseEvidence?
    ) -> CauseFinding {
        CauseFinding(
            closeness, .rateLimited, "a rate limit is reached: of `\(failure.service)`, or of something that it asks",
            evidence: [seen], fix: "raise the limit, ask more slowly, or retry with backoff as `Retry-After` says",
            settings: ["env."])
    }
}
