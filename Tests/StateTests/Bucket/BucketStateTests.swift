import Releases
import Testing

@testable import State

/// What is particular to a bucket: answers that are lost, other machines' clocks, and what a process leaves that is gone
/// between two writes.
@Suite struct BucketStateTests {
    private let clock = TestClock()
    private let bucket: MemoryBucket
    private let lease = Duration.seconds(30)

    init() { bucket = MemoryBucket(now: clock.now) }

    /// As another process would open it, perhaps on another machine whose clock counts from another moment.
    private func open() -> BucketState { BucketState(bucket, clock: TestDurations(clock: clock)) }

    @Test(arguments: ["runs/r1/run", "open/local", "journal/00000001", "locks/local", "releases/r1", "images/"])
    func `an answer that was lost is found by its mark`(name: String) async throws {
        bucket.fail(name, .answerLost)
        try await liveThrough(open())
    }

    @Test(arguments: ["runs/r1/run", "open/local", "journal/00000001", "locks/local", "releases/r1", "images/"])
    func `a write that is refused for a moment is made again`(name: String) async throws {
        bucket.fail(name, .refused)
        bucket.fail(name, .refused)
        try await liveThrough(open())
    }

    @Test(arguments: ["runs/r1/run", "open/local", "journal/00000001", "locks/local", "releases/r1", "images/"])
    func `a write that arrives after its repetition changes nothing`(name: String) async throws {
        bucket.fail(name, .late)
        try await liveThrough(open())
    }

    private func liveThrough(_ state: BucketState) async throws {
        try await state.begin(run: "r1", environment: "local", plan: "{}")
        let ticket = try await state.acquire(
            service: "backend", environment: "local", holder: holder("r1"), lease: lease)
        let image = BuiltImage(reference: ImageReference("backend@sha256:1"))
        try await state.record(image, builder: "docker", repository: "backend", sourceDigest: "d")
        try await state.append(entry("one"), to: "r1", fencingToken: ticket.fencingToken, holding: [ticket])
        try await state.renew(ticket, lease: lease)
        try await state.record(release("r1", started: "2026-01-01T00:00:00Z"))
        let end = JournalEntry(time: "", event: .ended(outcome: .promoted))
        try await state.append(end, to: "r1", fencingToken: ticket.fencingToken, holding: [ticket])
        try await state.release(ticket)

        let other = open()
        #expect(try await other.read(run: "r1")?.entries == [entry("one"), end])
        #expect(try await other.unfinishedRuns(environment: "local") == [])
        #expect(try await other.holder(service: "backend", environment: "local") == nil)
        #expect(try await other.releases(environment: "local", service: "backend", limit: 5).map(\.run) == ["r1"])
        #expect(try await other.image(builder: "docker", repository: "backend", sourceDigest: "d") == image)
    }

    @Test func `one entry is one request`() async throws {
        let state = open()
        try await state.begin(run: "r1", environment: "local", plan: "{}")
        let ticket = try await state.acquire(
            service: "backend", environment: "local", holder: holder("r1"), lease: lease)
        _ = bucket.takeRequests()
        try await state.append(entry("one"), to: "r1", fencingToken: ticket.fencingToken, holding: [ticket])
        #expect(bucket.takeRequests() == ["write runs/r1/journal/00000001.json"])
    }

    @Test func `a lease is renewed by one request, and soon after that only looked at`() async throws {
        let state = open()
        let ticket = try await state.acquire(
            service: "backend", environment: "local", holder: holder("r1"), lease: lease)
        _ = bucket.takeRequests()
        try await state.renew(ticket, lease: lease)
        #expect(bucket.takeRequests() == ["read locks/local/backend.json"])
        clock.advance(by: 10)
        try await state.renew(ticket, lease: lease)
        #expect(bucket.takeRequests() == ["write locks/local/backend.json"])
    }

    @Test func `who was gone between taking a lock and telling its former holder leaves that to the next`() async throws
    {
        let former = open()
        try await former.begin(run: "r1", environment: "local", plan: "{}")
        let old = try await former.acquire(
            service: "backend", environment: "local", holder: holder("r1"), lease: lease)
        clock.advance(by: 60)
        // The lock is written, and the bucket takes nothing of that process any more.
        for _ in 0..<6 { bucket.fail("runs/r1/journal", .refused) }
        _ = try await failure {
            _ = try await open().acquire(
                service: "backend", environment: "local", holder: holder("r2"), lease: lease)
        }
        clock.advance(by: 60)
        _ = try await open().acquire(service: "backend", environment: "local", holder: holder("r3"), lease: lease)
        let refusal = try await failure {
            try await former.append(entry("late"), to: "r1", fencingToken: old.fencingToken, holding: [old])
        }
        #expect(refusal.category == .conflict)
        #expect(try await open().read(run: "r1")?.entries == [])
    }

    @Test func `of two processes with one run only the one with the younger ticket goes on`() async throws {
        let (sleeper, waker) = (open(), open())
        try await sleeper.begin(run: "r1", environment: "local", plan: "{}")
        let old = try await sleeper.acquire(
            service: "backend", environment: "local", holder: holder("r1"), lease: lease)
        try await sleeper.append(entry("one"), to: "r1", fencingToken: old.fencingToken, holding: [old])
        clock.advance(by: 60)
        let new = try await waker.acquire(
            service: "backend", environment: "local", holder: holder("r1"), lease: lease)
        #expect(new.fencingToken > old.fencingToken)
        let refusal = try await failure {
            try await sleeper.append(entry("two"), to: "r1", fencingToken: old.fencingToken, holding: [old])
        }
        #expect(refusal.category == .conflict)
        try await waker.append(entry("three"), to: "r1", fencingToken: new.fencingToken, holding: [new])
        #expect(try await open().read(run: "r1")?.entries == [entry("one"), entry("three")])
    }

    @Test func `a lease is judged by the bucket's clock, with room for what a header cuts off`() async throws {
        let state = open()
        let ticket = try await state.acquire(
            service: "backend", environment: "local", holder: holder("r1"), lease: lease)
        clock.advance(by: 30.9)
        _ = try await failure {
            _ = try await open().acquire(
                service: "backend", environment: "local", holder: holder("r2"), lease: lease)
        }
        try await state.renew(ticket, lease: lease)
        clock.advance(by: 34)
        _ = try await open().acquire(service: "backend", environment: "local", holder: holder("r2"), lease: lease)
    }

    @Test func `history asks for no more objects than it shows`() async throws {
        let state = open()
        for number in 10..<60 {
            try await state.record(release("r\(number)", started: "2026-01-01T00:00:\(number)Z"))
        }
        _ = bucket.takeRequests()
        let runs = try await open().releases(environment: "local", service: "backend", limit: 3).map(\.run)
        #expect(runs == ["r59", "r58", "r57"])
        #expect(bucket.takeRequests().count <= 6)
    }

    @Test func `a run that was cut between its end and its leaving the open ones has ended`() async throws {
        let state = open()
        try await state.begin(run: "r1", environment: "local", plan: "{}")
        let marker = try #require(bucket.names.first { $0.hasPrefix("open/") })
        let end = JournalEntry(time: "", event: .ended(outcome: .promoted))
        try await state.append(end, to: "r1", fencingToken: 1)
        bucket.overwrite(marker, #"{"version":1,"mark":"x","content":"r1"}"#)
        #expect(try await open().unfinishedRuns(environment: "local") == [])
        #expect(!bucket.names.contains(marker), "and is taken off the list")
    }

    @Test func `a state of a newer program and a damaged object are said`() async throws {
        bucket.overwrite("state.json", #"{"version":1,"mark":"x","content":{"layout":2,"moved":{}}}"#)
        let newer = try await failure { try await open().begin(run: "r1", environment: "local", plan: "{}") }
        #expect(newer.category == .unavailable && newer.summary.contains("newer stagectl"))
        bucket.overwrite("state.json", #"{"version":1,"mark":"x","content":{"layout":1,"moved":{}}}"#)
        bucket.overwrite("locks/local/backend.json", "not JSON")
        let damaged = try await failure { _ = try await open().holder(service: "backend", environment: "local") }
        #expect(damaged.category == .unavailable && damaged.summary.contains("is damaged"))
        #expect(damaged.hint?.contains("gcloud storage ls -a") == true)
    }

    @Test func `an entry of a newer version is not misread`() async throws {
        let state = open()
        try await state.begin(run: "r1", environment: "local", plan: "{}")
        bucket.overwrite("runs/r1/journal/00000001.json", #"{"version":99,"mark":"x","content":{}}"#)
        let refusal = try await failure { _ = try await open().read(run: "r1") }
        #expect(refusal.category == .unavailable && refusal.summary.contains("newer"))
    }

    @Test func `a run says that it lives until it stops, and a process that is gone at most for its time`() async throws
    {
        let process = LockProcess(host: "desk", id: 7)
        let state = BucketState(bucket, signsOfLife: .seconds(3600))
        try await state.begin(run: "r1", environment: "local", plan: "{}", process: process)
        try await until { try await open().executor(of: "r1") == process }
        let end = JournalEntry(time: "", event: .ended(outcome: .promoted))
        try await state.append(end, to: "r1", fencingToken: 1)
        #expect(try await open().executor(of: "r1") == nil)
        bucket.overwrite(
            "runs/r2/alive.json",
            #"{"version":1,"mark":"x","content":{"process":{"host":"desk","id":8},"until":\#(clock.now() + 30)}}"#)
        #expect(try await open().executor(of: "r2") == LockProcess(host: "desk", id: 8))
        clock.advance(by: 31)
        #expect(try await open().executor(of: "r2") == nil)
    }

    /// Waits for what another task does; fails after a while.
    private func until(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<1000 where try await !condition() { await Task.yield() }
        #expect(try await condition())
    }

    @Test func `names sort the newest first and hold nothing that a listing trips over`() {
        let moments = ["2026-11-26T04:00:00Z", "2026-11-26T04:00:01Z", "2027-01-01T00:00:00Z"]
        #expect(moments.map(BucketNames.descending).sorted() == moments.reversed().map(BucketNames.descending))
        #expect(BucketNames.segment("a/b c%") == "a%2Fb%20c%25")
        #expect(BucketNames.journal("r1", 12) == "runs/r1/journal/00000012.json")
    }
}

func release(_ run: String, started: String) -> ReleaseDocument {
    ReleaseDocument(
        run: run, kind: .deploy, environment: "local", started: started, finished: nil, initiator: "ada",
        outcome: .promoted, services: [ServiceResult(service: "backend", region: "r", outcome: .promoted)], steps: [],
        verdict: VerdictSummary(result: .pass, rule: "all", counts: [:]))
}
