import ArgumentParser
import Releases
import Testing

@testable import Commands

/// What the flags of `history` select.
@Suite struct HistoryFlagsTests {
    /// 2026-03-02T10:00:00Z.
    private static let now = 1_772_445_600.0

    private static func flags(_ arguments: String) throws -> HistoryFlags {
        try HistoryFlags.parse(arguments.split(separator: " ").map(String.init))
    }

    private static func query(_ arguments: String) throws -> LedgerQuery {
        try flags(arguments).query(environment: "local", services: [], regions: [], now: now)
    }

    @Test(arguments: [
        ("2026-03-02", "2026-03-02T00:00:00.000"), ("2026-03-02T09:30:00Z", "2026-03-02T09:30:00.000"),
        ("2026-03-02T09:30:00.250Z", "2026-03-02T09:30:00.250"),
        ("2026-03-02T11:30:00+02:00", "2026-03-02T09:30:00.000"),
        ("2h", "2026-03-02T08:00:00.000"), ("90m", "2026-03-02T08:30:00.000"), ("3d", "2026-02-27T10:00:00.000"),
    ])
    func `times are told as people tell them`(text: String, moment: String) throws {
        #expect(try Self.query("--since \(text)").since == moment)
        #expect(try Self.query("--until \(text)").until == moment)
    }

    @Test(arguments: [
        "--since yesterday", "--since 2026-13-01", "--until 5", "--since d", "--outcome good", "--commit abc",
        "--commit xyzxyz", "--limit 0", "--limit 10001",
        "--since 2026-03-02 --until 2026-03-01", "--since 1h --until 2h",
    ])
    func `what is none is refused`(arguments: String) {
        #expect(throws: (any Error).self) { try Self.flags(arguments) }
    }

    @Test func `filters add up`() throws {
        let query = try Self.query(
            "--outcome failed,rolled-back --outcome held --commit ABCD12 --after run-1 --limit 5")
        #expect(query.outcomes == [.failed, .rolledBack, .held])
        #expect(query.commit == "abcd12" && query.after == "run-1" && query.limit == 5)
        #expect(try Self.flags("--limit 5").isNarrowed == false)
        #expect(try Self.flags("--commit abcd").isNarrowed)
    }

    @Test func `figures are of thirty days unless others are named`() throws {
        let usual = try Self.flags("").window(now: Self.now)
        #expect(!usual.isAsked && usual.milliseconds.upperBound - usual.milliseconds.lowerBound == 30 * 86_400_000)
        #expect(usual.milliseconds.contains(Int64(Self.now * 1000)), "what begins this very moment is in it")
        let named = try Self.flags("--since 2026-03-01 --until 2026-03-02").window(now: Self.now)
        #expect(named.isAsked && named.before == "2026-02-28T00:00:00.000")
        #expect(named.milliseconds == 1_772_323_200_000..<1_772_409_600_000)
    }
}
