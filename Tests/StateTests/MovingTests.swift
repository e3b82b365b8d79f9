import Releases
import Testing

@testable import State

/// From a file into a bucket and back: nothing is lost, nothing is there twice, and nobody works where it was.
@Suite struct MovingTests {
    private let clock = TestClock()

    private func bucketState(_ bucket: MemoryBucket) -> BucketState {
        BucketState(bucket, clock: TestDurations(clock: clock))
    }

    private func furnish(_ state: any MovableState) async throws {
        for number in 1...3 {
            let run = "r\(number)"
            clock.advance(by: 1)
            try await state.begin(
                run: run, environment: "local", plan: "{\"n\":\(number)}", process: LockProcess(host: "h", id: 1))
            let ticket = try await state.acquire(
                service: "backend", environment: "local", holder: holder(run), lease: .seconds(30))
            try await state.append(entry("one"), to: run, fencingToken: ticket.fencingToken, holding: [ticket])
            try await state.record(release(run, started: "2026-01-0\(number)T00:00:00Z"))
            if number < 3 {
                let end = JournalEntry(time: "", event: .ended(outcome: .promoted))
                try await state.append(end, to: run, fencingToken: ticket.fencingToken, holding: [ticket])
            }
            try await state.release(ticket)
        }
        try await state.begin(run: "elsewhere", environment: "staging", plan: "{}")
        try await state.record(
            BuiltImage(reference: ImageReference("b@sha256:1")), builder: "docker", repository: "a/b",
            sourceDigest: "d")
        _ = try await state.acquire(
            service: "auth", environment: "local", holder: holder("r3"), lease: .seconds(30))
        _ = try await state.breakLock(
            ForcedRelease(service: "auth", environment: "local", who: "eve", reason: "gone", time: "t"))
    }

    /// Everything that can be asked.
    private func everything(_ state: any MovableState) async throws -> [String] {
        var lines: [String] = []
        for run in try await state.runNames(of: "local") {
            let journal = try #require(try await state.read(run: run))
            lines.append("\(run) \(journal.plan) \(journal.process?.id ?? 0) \(journal.entries)")
            lines += try await state.movableRun(run)?.lines.map { "\($0.fencingToken)" } ?? []
        }
        lines += try await state.releases(environment: "local", service: "backend", limit: 10).map { "\($0)" }
        lines.append("\(try await state.unfinishedRuns(environment: "local"))")
        lines += try await state.forcedReleases(environment: "local", limit: 10).map { "\($0)" }
        lines += try await state.movableImages().map { "\($0)" }
        lines += try await state.lockRecords(of: "local").map { "\($0)" }.sorted()
        return lines
    }

    @Test func `into a bucket and back nothing is lost`() async throws {
        try await withStateFolder { folder in
            let file = try SQLiteState(folder: folder, now: clock.now)
            try await furnish(file)
            let before = try await everything(file)
            let bucket = bucketState(MemoryBucket(now: clock.now))
            let load = try await StateMove(of: "local", from: file, to: bucket, who: "ada", time: "t").run()
            #expect(load.runs == 3 && load.entries == 5 && load.releases == 3 && load.images == 1)
            #expect(try await everything(bucket) == before)

            let refusal = try await failure { try await file.begin(run: "r4", environment: "local", plan: "{}") }
            #expect(refusal.category == .configuration)
            #expect(refusal.summary == "the state of `local` was moved from `\(folder)` to `gs://memory`")
            _ = try await failure { _ = try await file.releases(environment: "local", service: nil, limit: 1) }
            #expect(try await file.unfinishedRuns(environment: "staging") == ["elsewhere"], "others stay")

            // Life goes on there.
            let ticket = try await bucket.acquire(
                service: "backend", environment: "local", holder: holder("r3"), lease: .seconds(30))
            let highest = try #require(try await file.lockRecords(of: "local").map(\.fencingToken).max())
            #expect(ticket.fencingToken > 0 && highest > 0)
            let end = JournalEntry(time: "", event: .ended(outcome: .failed))
            try await bucket.append(end, to: "r3", fencingToken: ticket.fencingToken, holding: [ticket])
            try await bucket.release(ticket)
            let then = try await everything(bucket)

            _ = try await StateMove(of: "local", from: bucket, to: file, who: "ada", time: "t").run()
            #expect(try await everything(file) == then)
            #expect(try await file.unfinishedRuns(environment: "local") == [])
            let gone = try await failure { try await bucket.begin(run: "r5", environment: "local", plan: "{}") }
            #expect(gone.category == .configuration)
            _ = try await StateMove(of: "local", from: file, to: bucket, who: "ada", time: "t").run()
            #expect(try await everything(bucket) == then, "and once more")
        }
    }

    @Test func `a state that somebody works with stays where it is`() async throws {
        try await withStateFolder { folder in
            let file = try SQLiteState(folder: folder, now: clock.now)
            try await furnish(file)
            let ticket = try await file.acquire(
                service: "backend", environment: "local", holder: holder("r3"), lease: .seconds(30))
            let bucket = bucketState(MemoryBucket(now: clock.now))
            let refusal = try await failure {
                _ = try await StateMove(of: "local", from: file, to: bucket, who: "ada", time: "t").run()
            }
            #expect(refusal.category == .conflict && refusal.details.contains(.init("run", "r3")))
            try await file.renew(ticket, lease: .seconds(30))
            #expect(try await file.movedState(of: "local") == nil)
        }
    }

    @Test func `a move that was cut begins anew, and another history is not mixed with it`() async throws {
        try await withStateFolder { folder in
            let file = try SQLiteState(folder: folder, now: clock.now)
            try await furnish(file)
            let memory = MemoryBucket(now: clock.now)
            for _ in 0..<6 { memory.fail("releases/r2", .refused) }
            _ = try await failure {
                _ = try await StateMove(of: "local", from: file, to: bucketState(memory), who: "ada", time: "t").run()
            }
            #expect(try await file.unfinishedRuns(environment: "local") == ["r3"], "it is still here")
            let bucket = bucketState(memory)
            _ = try await StateMove(of: "local", from: file, to: bucket, who: "ada", time: "t").run()
            #expect(try await bucket.runNames(of: "local") == ["r1", "r2", "r3"])

            try await withStateFolder { other in
                let foreign = try SQLiteState(folder: other, now: clock.now)
                try await foreign.begin(run: "r1", environment: "local", plan: "{}")
                try await foreign.append(entry("something else"), to: "r1", fencingToken: 1)
                let refusal = try await failure {
                    _ = try await StateMove(of: "local", from: foreign, to: bucket, who: "ada", time: "t").run()
                }
                #expect(refusal.category == .conflict)
            }
        }
    }
}
