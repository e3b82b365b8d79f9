import Releases

/// A revision that does not come up.
enum ReadinessCauses {
    private static let phrases = [
        Phrase(
            ["startup", "liveness", "readiness", "health check", "healthcheck"],
            ["probe", "health"],
            ["fail", "unhealthy", "did not", "not pass", "timed out", "error", "gave up", "giving up"],
            unless: ["redis", "postgres", "mysql"]),
        Phrase(["failed to start and listen", "container failed to start", "not listening on port", "did not listen"]),
        Phrase(
            ["revision"],
            [
                "is not ready", "cannot serve traffic", "never became ready", "did not become ready",
                "not become healthy",
            ]),
        Phrase(
            [
                "application", " app ", " server ", "container", "worker", " command ", "program",
                "supervisor",
            ],
            [" start ", " boot ", "startup", " started", "load command"],
            ["fail", "could not", "couldn t", "unable", "cannot"],
            unless: ["transaction", " tls ", "stream", " job ", "health", "request", "session"]),
        Phrase(
            [
                "failed to start", "failed to boot", "could not start", "cannot start", "unable to start",
                "failed to bind",
            ],
            unless: [
                "transaction", " tls ", "stream", " job ", "request", "session", "timer", "query", "payment", "upload",
            ]),
        Phrase(["address already in use", "port is already", "becomes healthy", "becomes ready"]),
        Phrase(["container called exit", "container exited", "back off restarting", "crashloop", "crash loop"]),
        Phrase([
            "readiness deadline exceeded", "deadline to become ready", "did not become ready", "did not become healthy",
            "failed to become healthy", "failed to become ready",
        ]),
        Phrase([
            "service unhealthy", "not ready to serve", "still starting", "not started yet", "application is starting",
        ]),
    ]

    static let rules = [
        CauseRule(.notReady) { failure in
            // Whoever gives an answer of its own has come up.
            guard failure.status.map({ $0 >= 500 || $0 == 429 }) ?? true, let seen = failure.texts.first(of: phrases)
            else { return nil }
            return finding(failure, .named, seen.evidence)
        },
        CauseRule(.notReady) { failure in
            guard let state = failure.finding, state.isDown else { return nil }
            let isConsequence =
                [500, 502, 503, 504].contains(failure.status) || [1006, 1011, 1012].contains(failure.closeCode)
                || (failure.status == nil && failure.closeCode == nil
                    && failure.messages.contains { text in silence.contains { text.mentions($0) } })
            guard isConsequence, failure.logs.isEmpty else { return nil }
            return finding(failure, .shown, failure.messages.first?.evidence)
        },
    ]

    /// How a service that does not run shows itself to whoever asks it.
    private static let silence = [
        "refused", "timed out", "timeout", "no answer", "no connection", "unreachable", "reset", " lost ", "closed",
        "not healthy", "unhealthy",
    ]

    private static func finding(
        _ failure: SeenFailure, _ closeness: CauseRule.Closeness, _ seen: CauseEvidence?
    ) -> CauseFinding {
        let state = failure.finding
        var deeper: [Why] = []
        if let diagnosis = state?.diagnosis {
            deeper.append(
                Why(
                    diagnosis.cause,
                    evidence: diagnosis.evidence.prefix(3).map { CauseEvidence(.platform, $0) }
                        + diagnosis.logs.suffix(3).map { CauseEvidence(.log, $0) }, isKnown: diagnosis.kind != "unknown"
                ))
        }
        return CauseFinding(
            closeness, .notReady, "`\(failure.service)` does not become ready",
            evidence: [seen] + (state?.statements.prefix(3).map { CauseEvidence(.platform, $0) } ?? []), deeper: deeper,
            fix: state?.diagnosis?.fix ?? "look at the conditions and the first log lines of the revision",
            settings: ["probes", "port", "command", "args", "env.", "memory", "cpu"])
    }
}
