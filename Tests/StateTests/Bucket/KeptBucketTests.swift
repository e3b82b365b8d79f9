import Releases
import Synchronization
import Testing

@testable import State

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Two machines with one bucket, of which one loses its network.
@Suite struct KeptBucketTests {
    private let clock = TestClock()

    @Test func `offline the history is what was seen, a lock is refused, and coming back fetches what is new`()
        async throws
    {
        try await withStateFolder { folder in
            let bucket = MemoryBucket(now: clock.now)
            let network = Network(bucket)
            let told = Mutex<[String]>([])
            func laptop() -> BucketState {
                BucketState(
                    KeptBucket(network, folder: folder) { failure in told.withLock { $0.append(failure.summary) } },
                    clock: TestDurations(clock: clock))
            }
            let desk = BucketState(bucket, clock: TestDurations(clock: clock))
            try await desk.record(release("r1", started: "2026-01-01T00:00:00Z"))
            try await desk.record(release("r2", started: "2026-01-02T00:00:00Z"))
            func history(_ state: BucketState) async throws -> [String] {
                try await state.releases(environment: "local", service: nil, limit: 20).map(\.run)
            }
            #expect(try await history(laptop()) == ["r2", "r1"])

            network.isCut = true
            let alone = laptop()
            #expect(try await history(alone) == ["r2", "r1"])
            #expect(told.withLock { $0 }.count == 1, "said once")
            let refusal = try await failure {
                _ = try await alone.acquire(
                    service: "backend", environment: "local", holder: holder("r9"), lease: .seconds(30))
            }
            #expect(refusal.category == .unavailable && refusal.hint?.contains("stagectl history") == true)
            #expect(refusal.summary == "the state in `gs://memory` cannot be reached")
            _ = try await failure { try await alone.begin(run: "r9", environment: "local", plan: "{}") }

            try await desk.record(release("r3", started: "2026-01-03T00:00:00Z"))
            network.isCut = false
            _ = bucket.takeRequests()
            #expect(try await history(laptop()) == ["r3", "r2", "r1"])
            let fetched = bucket.takeRequests().filter { $0.hasPrefix("read history/") }
            #expect(fetched.count == 1, "only what is new: \(fetched)")
        }
    }

    @Test func `what was recorded anew is not shown as it was`() async throws {
        try await withStateFolder { folder in
            let bucket = MemoryBucket(now: clock.now)
            let state = BucketState(
                KeptBucket(bucket, folder: folder) { _ in }, clock: TestDurations(clock: clock))
            var document = release("r1", started: "2026-01-01T00:00:00Z")
            try await state.record(document)
            #expect(try await state.releases(environment: "local", service: nil, limit: 1) == [document])
            document.outcome = .rolledBack
            try await BucketState(bucket, clock: TestDurations(clock: clock)).record(document)
            #expect(try await state.releases(environment: "local", service: nil, limit: 1) == [document])
            #expect(try await state.release(run: "r1") == document)
        }
    }

    @Test func `a filter fetches each release once, and again when it was recorded as something else`() async throws {
        try await withStateFolder { folder in
            let bucket = MemoryBucket(now: clock.now)
            let network = Network(bucket)
            func laptop() -> BucketState {
                BucketState(KeptBucket(network, folder: folder) { _ in }, clock: TestDurations(clock: clock))
            }
            let desk = BucketState(bucket, clock: TestDurations(clock: clock))
            let query = LedgerQuery(environment: "local", services: ["backend"], limit: 20)
            func fetched() -> [String] { bucket.takeRequests().filter { $0.hasPrefix("read history/") } }
            try await desk.begin(run: "r1", environment: "local", plan: "{}")
            try await desk.begin(run: "r2", environment: "local", plan: "{}")
            var (open, ended) = (
                release("r1", started: "2026-01-01T00:00:00Z"), release("r2", started: "2026-01-02T00:00:00Z")
            )
            open.outcome = .needsAttention
            try await desk.record(open)
            try await desk.record(ended)
            try await desk.append(
                JournalEntry(time: "", event: .ended(outcome: .promoted)), to: "r2", fencingToken: 0)
            _ = fetched()
            #expect(try await laptop().releases(query) == [ended, open])
            #expect(fetched().count == 2)
            #expect(try await laptop().releases(query) == [ended, open])
            #expect(fetched().count == 1, "the one that may be recorded as something else yet")

            // As an earlier version did it, which left the names of the index as they were.
            open.outcome = .held
            let key = try #require(
                bucket.names.first { $0.hasPrefix("history/local/all/") && $0.hasSuffix("-r1.json") })
            try await desk.replace(open, at: key)
            #expect(try await laptop().releases(query) == [ended, open])
            open.outcome = .promoted
            try await desk.record(open)
            try await desk.append(
                JournalEntry(time: "", event: .ended(outcome: .promoted)), to: "r1", fencingToken: 0)
            // What its hooks did is told after the end.
            ended.warnings = ["hook `notify` failed"]
            try await desk.record(ended)
            #expect(try await laptop().releases(query) == [ended, open])
            _ = fetched()
            #expect(try await laptop().releases(query) == [ended, open])
            #expect(fetched().isEmpty)

            network.isCut = true
            #expect(try await laptop().releases(query) == [ended, open], "offline too")
        }
    }

    @Test func `what an earlier version kept is still read offline`() async throws {
        try await withStateFolder { folder in
            let files = KeptFiles(folder: folder)
            let object = BucketObject(bytes: Array("{\"a\":\"\\n\"}".utf8), generation: 7)
            files.keep(object, "releases/new.json")
            #expect(files.object("releases/new.json") == object)
            let text = #"{"generation":7,"text":"{\"a\":\"\\n\"}"}"#
            try FileManager.default.createDirectory(atPath: folder + "/releases", withIntermediateDirectories: true)
            try text.write(toFile: folder + "/releases/old.json", atomically: true, encoding: .utf8)
            #expect(files.object("releases/old.json") == object)
            try "stagectl-kept 7".write(toFile: folder + "/releases/cut.json", atomically: true, encoding: .utf8)
            #expect(files.object("releases/cut.json") == nil)
        }
    }
}

/// The way to a bucket, which can be cut.
final class Network: StateBucket {
    private let bucket: MemoryBucket
    private let cut = Mutex(false)

    init(_ bucket: MemoryBucket) { self.bucket = bucket }

    var isCut: Bool {
        get { cut.withLock { $0 } }
        set { cut.withLock { $0 = newValue } }
    }

    var place: String { bucket.place }

    private func pass() throws {
        if isCut { throw Failure(.unavailable, "no connection") }
    }

    func object(_ name: String, generation: Int64?) async throws -> BucketAnswer<BucketObject?> {
        try pass()
        return try await bucket.object(name, generation: generation)
    }

    func write(_ bytes: [UInt8], to name: String, ifGeneration generation: Int64) async throws -> BucketAnswer<Int64> {
        try pass()
        return try await bucket.write(bytes, to: name, ifGeneration: generation)
    }

    func remove(_ name: String, ifGeneration generation: Int64) async throws {
        try pass()
        try await bucket.remove(name, ifGeneration: generation)
    }

    func list(_ prefix: String, from first: String?, limit: Int) async throws -> BucketAnswer<[BucketEntry]> {
        try pass()
        return try await bucket.list(prefix, from: first, limit: limit)
    }
}
