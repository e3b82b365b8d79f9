import Verification

/// No instance took the request.
enum InstanceCauses {
    private static let phrases = [
        Phrase([
            "no available instance", "no healthy upstream", "no instance", "no healthy instance", "no ready endpoint",
        ]),
        Phrase(
            ["instance"],
            [
                "could not start successfully", "could not be started", "limit", "maximum number", "none available",
                "not available",
            ], unless: ["cloud sql", "database instance"]),
        Phrase(["max instances", "maxscale", "max scale", "instance count"], ["reached", "exceed", "limit", "hit"]),
        Phrase(
            ["no server", "no available server", "no backend", "no worker", "no healthy server"],
            ["available", "can take", "to handle", "queue", " full "],
            unless: ["redis", "memcache", "database", "mongo", "broker", "configured", "connection"]),
        // Given up while it waited for somebody to take it, and not while somebody worked on it.
        Phrase(
            ["request was aborted", "request aborted", "request dropped", "request rejected"],
            ["instance", "waiting", "pending", "capacity", "no worker"]),
    ]

    static let rules = [
        CauseRule(.noInstance) { failure in
            guard let seen = failure.texts.first(of: phrases) else { return nil }
            return finding(failure, .named, seen.evidence)
        },
        CauseRule(.noInstance) { failure in
            guard failure.status == 429, failure.answeredBy == .platform else { return nil }
            return finding(failure, .shown, failure.messages.first?.evidence)
        },
        CauseRule(.noInstance) { failure in
            guard failure.status == 503 else { return nil }
            return finding(failure, .ended, failure.messages.first?.evidence)
        },
    ]

    private static func finding(
        _ failure: SeenFailure, _ closeness: CauseRule.Closeness, _ seen: CauseEvidence?
    ) -> CauseFinding {
        CauseFinding(
            closeness, .noInstance,
            closeness == .ended && failure.answeredBy != .platform
                ? "`\(failure.service)` is not available: it says so, or no instance could take the request"
                : "no instance of `\(failure.service)` could take the request",
            evidence: [
                seen,
                failure.answeredBy == .platform
                    ? CauseEvidence(.exchange, "the platform answered, not the application") : nil,
            ],
            fix: "look at max_instances, concurrency and start-up time of \(failure.service), and at its log",
            settings: ["max_instances", "min_instances", "concurrency", "cpu", "startup_cpu_boost"])
    }
}
