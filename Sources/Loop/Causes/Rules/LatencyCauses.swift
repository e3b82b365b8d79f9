/// Answers that are right, and later than they may be.
enum LatencyCauses {
    private static let phrases = [
        Phrase(
            [
                " p50 ", " p90 ", " p95 ", " p99 ", "percentile", "latency", "response time", "took ", "duration",
                "elapsed", "slower", "first byte", "round trip", "median",
            ],
            [
                "limit", "exceed", "above", "budget", "objective", " slo", "wanted", "threshold", "expected", "target",
                "less than",
                "at most", "greater than", "more than", "over ", "not less", "maximum", " max ", "allowed",
                "slower than",
            ])
    ]

    static let rules = [
        CauseRule(.latencyMissed) { failure in
            guard failure.status == nil || failure.status == 200, failure.closeCode == nil,
                let seen = failure.messages.first(of: phrases),
                !["timed out", "timeout", "refused"].contains(where: { seen.words.contains($0) })
            else { return nil }
            return CauseFinding(
                .shown, .latencyMissed, "`\(failure.service)` answers as wanted, and more slowly than it may",
                evidence: [seen.evidence],
                fix:
                    "compare cpu, concurrency and instances with the last good release, and profile what the route does",
                settings: ["cpu", "concurrency", "max_instances", "min_instances", "memory", "cpu_idle"])
        }
    ]
}
