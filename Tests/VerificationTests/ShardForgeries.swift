import Configuration
import Verification

extension ShardMergingTests {
    /// What is done to one part of three, which rule decides, and a part of its words.
    static let forgeries: [(@Sendable (inout VerdictDocument) -> Void, VerdictRule, String)] = [
        ({ $0.shard?.whole.environment = "production" }, .lostShard, "2 is missing"),
        ({ $0.shard?.whole.targets[0].revision = "r-9" }, .lostShard, "2 is missing"),
        ({ $0.shard?.whole.index = SuiteIndex(entries: []) }, .lostShard, "2 is missing"),
        ({ $0.shard?.whole.gates.maximumExcused = 99 }, .lostShard, "2 is missing"),
        ({ $0.shard?.whole.suites[0].checks.removeLast() }, .lostShard, "2 is missing"),
        ({ $0.shard?.count = 4 }, .lostShard, "2 is missing"),
        ({ $0.shard?.index = 1 }, .lostShard, "2 is missing"),
        ({ $0.shard = nil }, .lostShard, "2 is missing"),
        ({ $0.checks.removeLast() }, .countMismatch, "states"),
        ({ $0.checks[0].status = .passed }, .countMismatch, "states"),
        ({ $0.counts = VerdictCounts([.passed, .passed, .skipped]) }, .countMismatch, "states"),
        (
            {
                $0.checks.append(VerdictTests.result(.passed, "c0", suite: "s"))
                $0.counts = VerdictCounts($0.checks.map(\.status))
            }, .duplicateIds, "same checks: s/c0"
        ),
        (
            {
                $0.checks.append(VerdictTests.result(.passed, "other", suite: "s"))
                $0.counts = VerdictCounts($0.checks.map(\.status))
            }, .duplicateIds, "that the run has not: s/other"
        ),
        // Of a run of two days before.
        ({ $0.shard?.window = RunWindow(start: -172_000, end: -171_940) }, .lostShard, "2 is missing"),
        // Seen before this part began.
        ({ $0.checks[0].evidence.startedAt = 10 }, .error, "could not be carried out: s/c2"),
        // A failure that was made a pass, with its counts.
        ({ $0.result = .fail }, .countMismatch, "says that it failed"),
        (
            {
                $0.suites = [
                    .init(
                        suite: "s", priority: .p1, owner: "o", counts: VerdictCounts([.passed, .failed, .passed]),
                        milliseconds: 3)
                ]
            }, .countMismatch, "states counts of `s`"
        ),
        ({ $0.shard?.index = 0 }, .lostShard, "2 is missing"),
        ({ $0.shard?.index = 4 }, .lostShard, "2 is missing"),
        ({ $0.shard?.count = .max }, .lostShard, "2 is missing"),
        ({ $0.shard?.window.end = .infinity }, .lostShard, "2 is missing"),
        ({ $0.checks[0].attempts = .max }, .lostShard, "2 is missing"),
        ({ $0.policies = [Self.use(.max)] }, .lostShard, "2 is missing"),
        ({ $0.policies = [Self.use(-1)] }, .lostShard, "2 is missing"),
    ]

    static func use(_ uses: Int) -> PolicyUse {
        PolicyUse(
            Policy(
                kind: .waive, match: "c*", owner: "o", issue: "I-1", reason: "r",
                expires: CalendarDay(secondsSince1970: 1_790_864_000), maximumUses: 2),
            suite: Verification.Suite(name: "s", priority: .p1), uses: uses, today: today)
    }
}
