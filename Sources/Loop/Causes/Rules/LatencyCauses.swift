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
                "slower than", "longer than", "too long", "below", " under ", "crossed", "breach",
            ])
    ]
    private static let measures = Phrase([
        " p50 ", " p90 ", " p95 ", " p99 ", " p 50 ", " p 90 ", " p 95 ", " p 99 ", "percentile", " tile ", "latenc",
        "response time", "duration", "median",
    ])
    private static let units = Phrase(["milliseconds", " ms ", " millis"])
    /// Of an amount that is held against another one.
    private static let held = Phrase([
        "less than", "at most", "above", "below", " under ", "more than", "longer than", "greater than", "not exceed",
        "too slow",
        "too high", "too long", "slower", "should be", "objective", "allowed", "instead of", "took",
    ])
    /// What came late came: of what did not, only the end of the waiting is known.
    private static let absent = Phrase([
        "timed out", "timeout", "timedout", "refused", "deadline", "no answer", "no response", "not answer",
        "not respond", "not come", "no event", "nothing", "gave up", "giving up", "canceled", "cancelled", "aborted",
    ])

    static let rules = [
        CauseRule(.latencyMissed) { failure in
            guard failure.status == nil || failure.status == 200, failure.closeCode == nil,
                let seen = failure.messages.first(where: isComparison),
                !absent.fits(seen)
            else { return nil }
            return CauseFinding(
                .shown, .latencyMissed, "`\(failure.service)` answers as wanted, and more slowly than it may",
                evidence: [seen.evidence],
                fix:
                    "compare cpu, concurrency and instances with the last good release, and profile what the route does",
                settings: ["cpu", "concurrency", "max_instances", "min_instances", "memory", "cpu_idle"])
        }
    ]

    /// A measure or an amount of time beside a limit, in words or as `p95 < 500`.
    private static func isComparison(_ text: SeenText) -> Bool {
        if phrases.contains(where: { $0.fits(text) }) { return true }
        if measures.fits(text), held.fits(text) || text.text.contains(where: { "<>≤≥".contains($0) }) { return true }
        return units.fits(text) && held.fits(text)
    }
}
