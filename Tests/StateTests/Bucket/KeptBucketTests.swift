import Releases
import Synchronization
import Testing

@testable import State

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
