import Releases
import Testing

@testable import State

/// What the suites of a run measured, wherever it is kept.
@Suite struct EvidenceRecordsTests {
    private static func with(_ store: Store, _ body: (any MovableState) async throws -> Void) async throws {
        try await store.with { place in
            try await body(try #require(try place.open() as? any MovableState))
        }
    }

    private static func add(_ line: String, to state: any EvidenceRecords, _ run: String = "r1") async throws {
        try await state.changeEvidence(of: run, in: "local") { ($0 ?? []) + Array(line.utf8) }
    }

    private static func text(_ state: any EvidenceRecords, _ run: String = "r1") async throws -> String? {
        try await state.evidence(of: run, in: "local").map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: Store.allCases) func `what is added comes to what is there, up to a bound`(store: Store)
        async throws
    {
        try await Self.with(store) { state in
            #expect(try await Self.text(state) == nil)
            try await Self.add("a\n", to: state)
            try await Self.add("\"b\"", to: state)
            #expect(try await Self.text(state) == "a\n\"b\"")
            try await state.changeEvidence(of: "r1", in: "local") { _ in nil }
            let refusal = try await failure {
                try await state.changeEvidence(of: "r1", in: "local") { _ in
                    [UInt8](repeating: 0x61, count: EvidenceLimits.largest + 1)
                }
            }
            #expect(refusal.category == .usage)
            #expect(try await Self.text(state) == "a\n\"b\"")
        }
    }

    @Test(.timeLimit(.minutes(2))) func `of processes that write at once none loses what it measured`() async throws {
        try await Store.cloudStorage.with { place in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for process in 0..<8 {
                    let state = try #require(try place.open() as? any MovableState)
                    group.addTask { try await Self.add("\(process)", to: state) }
                }
                try await group.waitForAll()
            }
            let state = try #require(try place.open() as? any MovableState)
            #expect(try await Self.text(state)?.sorted() == Array("01234567"))
        }
    }

    @Test(arguments: [MemoryBucket.Fault.refused, .answerLost, .late])
    func `a write whose answer is lost adds once`(fault: MemoryBucket.Fault) async throws {
        let clock = TestClock()
        let bucket = MemoryBucket(now: clock.now)
        let state = BucketState(bucket, clock: TestDurations(clock: clock))
        try await Self.add("a", to: state)
        bucket.fail("evidence/", fault)
        try await Self.add("b", to: state)
        #expect(try await Self.text(state) == "ab")
    }

    @Test func `a move carries it both ways`() async throws {
        try await withStateFolder { folder in
            let clock = TestClock()
            let file = try SQLiteState(folder: folder, now: clock.now)
            let bucket = BucketState(MemoryBucket(now: clock.now), clock: TestDurations(clock: clock))
            for (run, environment) in [("r1", "local"), ("r2", "local"), ("elsewhere", "staging")] {
                try await file.begin(run: run, environment: environment, plan: "{}")
                try await Self.add(run, to: file, run)
            }
            _ = try await StateMove(of: "local", from: file, to: bucket, who: "ada", time: "t").run()
            #expect(try await bucket.evidenceNames(of: "local") == ["r1", "r2"])
            #expect(try await Self.text(bucket, "r2") == "r2")
            try await Self.add("+", to: bucket, "r1")
            _ = try await StateMove(of: "local", from: bucket, to: file, who: "ada", time: "t").run()
            #expect(try await Self.text(file, "r1") == "r1+")
        }
    }
}
