/// Streams that do not begin, stop, or are cut; and answers that do not come.
enum StreamCauses {
    private static let late = [
        Phrase([
            "timed out", "timeout", "time out", "no answer in time", "deadline", "did not begin", "stopped while",
            "stall",
            "no event", "no message", "no data", "no chunk", "hung", "hang", "within", "cut off", "idle for",
            "gave up waiting",
            "never arrived", "still waiting", "not finish", "ended before", "incomplete chunk", "silence",
            "nothing was received",
            "never received", "nothing for", "went quiet", "no partial", "nothing more",
        ]),
        Phrase(["nothing", "no byte", "no frame"], ["received", "arriv", " came", " for ", "after"]),
        Phrase(["silent", "too slow", "stuck", "frozen", "idle timeout", "no more"]),
        // Before its end: what is wanted of a stream that came to its end is in another message.
        Phrase([
            "ended", "closed", "stopped", "broke", "terminated", " cut ", "interrupted", "aborted", "dropped",
            "premature", "incomplete", "not completed", "outstanding",
        ]),
    ]
    /// A limit of time that ran out, and not a setting or field of that name.
    private static let ranOut = [
        Phrase(
            [
                "timed out", "timedout", "timeout", "time out", "no answer in time", "deadline exceeded",
                "gave up waiting",
            ], unless: ["field", "setting", "property", "attribute", "column", "option"]),
        Phrase(
            [
                "no answer", "no response", "no reply", "not answer", "not respond", "not reply", "not complete",
                "not finish", "not come", "not arrive", "not been answered",
            ],
            [" within ", " in time ", " after ", " ms ", " seconds ", " for "]),
        Phrase(
            ["canceled", "cancelled", "aborted", "given up"], ["longer than", "too long", "in time", "time limit"]),
    ]
    /// Codes of servers that waited for another one: RFC 9110, and Cloudflare's 524.
    private static let lateCodes: Set<Int> = [408, 504, 524]
    /// The service's own word of a request that took too long.
    private static let ranTooLong = [
        Phrase(
            ["request", "worker", "execution", "handler", "response", "async"],
            [
                "timeout", "timed out", "timedout", "longer than", "too long", "time limit", "execution time",
                "time exceeded",
            ],
            unless: ["connect", "pool", "socket", "read from", "queue", "lock"])
    ]

    static let rules = [
        CauseRule(.streamTimeout) { failure in
            let isCut = failure.closeCode == 1006 || failure.status == 504 || failure.status == 408
            let seen = failure.texts.first(of: late)
            guard failure.isOfStream || (failure.isOfWebSocket && failure.closeCode == 1006), isCut || seen != nil,
                failure.status.map({ [408, 500, 502, 504].contains($0) }) ?? true || isOpenStream(failure)
            else { return nil }
            return finding(failure, seen?.evidence ?? failure.messages.first?.evidence)
        },
        CauseRule(.answerTimeout) { failure in
            let isLate = failure.status.map(lateCodes.contains) ?? (failure.closeCode == nil)
            guard isLate,
                let seen = failure.texts.first(of: ranOut) ?? (failure.status == 504 ? failure.messages.first : nil)
            else { return nil }
            return notInTime(failure, .ended, seen.evidence)
        },
        CauseRule(.answerTimeout) { failure in
            // A program that ends requests by itself answers 500 as well.
            guard [500, 502, 503, 504].contains(failure.status), !failure.isOfStream,
                let seen = failure.logs.first(of: ranTooLong)
            else { return nil }
            return notInTime(failure, .shown, seen.evidence)
        },
    ]

    private static func notInTime(
        _ failure: SeenFailure, _ closeness: CauseRule.Closeness, _ seen: CauseEvidence
    ) -> CauseFinding {
        CauseFinding(
            closeness, .answerTimeout,
            "`\(failure.service)` does not answer in time: it is too slow, hangs, or waits for something",
            evidence: [seen],
            fix: "read the log of this trace, and compare the time limit with how long the work takes",
            settings: ["timeout", "cpu", "concurrency", "max_instances", "env."])
    }

    /// A stream whose head was 200 and whose rest did not come. One that is lost before its time was not waited for.
    private static func isOpenStream(_ failure: SeenFailure) -> Bool {
        failure.status == 200 && failure.members.allSatisfy { ["sse", "stream"].contains($0.kind) }
            && (isAtLimit(failure) || !failure.messages.contains { $0.mentions(" was lost ") })
    }

    private static func isAtLimit(_ failure: SeenFailure) -> Bool {
        guard let limit = failure.finding?.timeoutSeconds else { return false }
        return failure.members.contains {
            abs($0.milliseconds - Double(limit) * 1000) <= max(1000, Double(limit) * 50)
        }
    }

    private static func finding(_ failure: SeenFailure, _ seen: CauseEvidence?) -> CauseFinding {
        let limit = failure.finding?.timeoutSeconds
        let isAtLimit = isAtLimit(failure)
        var deeper: [Why] = []
        if isAtLimit, let limit {
            deeper.append(
                Why(
                    "Cloud Run's request timeout of \(limit) s ends the stream",
                    evidence: [CauseEvidence(.platform, "timeout: \(limit)s")]))
        }
        return CauseFinding(
            .shown, .streamTimeout,
            isAtLimit
                ? "the stream of `\(failure.service)` is cut at Cloud Run's request timeout"
                : "the stream of `\(failure.service)` does not bring what is wanted in time",
            evidence: [seen], deeper: deeper,
            fix: isAtLimit
                ? "raise `timeout` of \(failure.service), and let clients connect again"
                : "look at what the handler waits for, flush after each event, and bound its own waits",
            settings: ["timeout", "cpu_idle", "env.", "http2"])
    }
}
