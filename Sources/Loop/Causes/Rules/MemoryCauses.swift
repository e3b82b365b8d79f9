/// More memory than there is.
enum MemoryCauses {
    private static let phrases = [
        Phrase(["memory limit", "memory cap", "memory cgroup"], ["exceed", "reached", "out of", "hit", "over"]),
        Phrase(["out of memory", " oom ", "oomkill", "oom kill", "outofmemory"]),
        Phrase(
            ["heap"], ["limit", "exhaust", "out of memory", "space"], ["error", "fatal", "fail", "exceed", "reached"]),
        Phrase(["memory error", " bad alloc", "no memory error", "enomem", "cannot allocate memory"]),
        Phrase(["heap", "memory"], ["exhausted"], unless: ["rate", "quota", "retries"]),
        Phrase(
            ["allocat"], ["memory", "bytes", "buffer", " array ", "heap"],
            ["fail", "unable", "could not", "cannot", "exhaust"]),
        Phrase(["exit 137", "exit code 137", "status 137", "code 137", "signal 9", "sigkill"]),
        Phrase(["memory"], ["exceed", "too much", "exhausted"], unless: ["rate"]),
    ]

    static let rules = [
        CauseRule(.memoryExceeded) { failure in
            let platform = (failure.finding?.statements ?? []).map { SeenText($0, .platform) }
            // What the whole service logged tells of a kill under no trace, and explains only what a kill looks like.
            let around = isLikeAKill(failure) ? failure.index.logs(of: failure.service) : []
            guard let seen = (failure.texts + platform + around).first(of: phrases) else { return nil }
            let limit = failure.finding?.memory
            return CauseFinding(
                .named, .memoryExceeded,
                "`\(failure.service)` uses more memory than it has\(limit.map { " (\($0))" } ?? "")",
                evidence: [seen.evidence],
                fix: "raise `memory` of \(failure.service), lower `concurrency`, or hold less at once",
                settings: ["memory", "concurrency", "sidecars"])
        }
    ]

    private static func isLikeAKill(_ failure: SeenFailure) -> Bool {
        [500, 502, 503, 504].contains(failure.status) || failure.closeCode == 1006
            || (failure.status == nil && failure.closeCode == nil
                && failure.messages.contains { text in
                    ["connection was lost", "connection reset", "closed unexpectedly", "disconnected", "empty reply"]
                        .contains { text.mentions($0) }
                })
    }
}
