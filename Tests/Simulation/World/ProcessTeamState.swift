import Releases
import State

/// Journal, ledger, images and locks of a team as one process reaches them: the product's own code, over a bucket that
/// fails as the history says.
struct ProcessTeamState: JournalStore, Ledger, ImageRecords, ServiceLock {
    let process: SimulatedProcess
    private let state: BucketState

    private var world: SimulatedWorld { process.world }

    init(process: SimulatedProcess) {
        self.process = process
        let world = process.world
        state = BucketState(
            ProcessBucket(process: process), clock: ProcessClock(process: process),
            chance: BucketChance(mark: { world.nextMark() }, draw: { world.draw() }))
    }

    func begin(run: String, environment: String, plan: String, process executor: LockProcess?) async throws {
        try await state.begin(run: run, environment: environment, plan: plan, process: executor)
    }

    func claim(run: String, process executor: LockProcess?) async throws {
        try await state.claim(run: run, process: executor)
    }

    func append(
        _ entry: JournalEntry, to run: String, fencingToken: Int64, holding tickets: [LockTicket]
    ) async throws {
        do {
            try await state.append(entry, to: run, fencingToken: fencingToken, holding: tickets)
            world.disk.refused.remove(run)
        } catch {
            if (error as? Failure)?.category == .unavailable { world.disk.refused.insert(run) }
            throw error
        }
    }

    func read(run: String) async throws -> StoredJournal? { try await state.read(run: run) }

    func unfinishedRuns(environment: String) async throws -> [String] {
        try await state.unfinishedRuns(environment: environment)
    }

    func record(_ release: ReleaseDocument) async throws { try await state.record(release) }

    func release(run: String) async throws -> ReleaseDocument? { try await state.release(run: run) }

    func releases(_ query: LedgerQuery) async throws -> [ReleaseDocument] { try await state.releases(query) }

    func image(builder: String, repository: String, sourceDigest: String) async throws -> BuiltImage? {
        try await state.image(builder: builder, repository: repository, sourceDigest: sourceDigest)
    }

    func record(_ image: BuiltImage, builder: String, repository: String, sourceDigest: String) async throws {
        try await state.record(image, builder: builder, repository: repository, sourceDigest: sourceDigest)
    }

    func acquire(
        service: ServiceKey, environment: String, holder: LockHolder, lease: Duration
    ) async throws -> LockTicket {
        try await state.acquire(service: service, environment: environment, holder: holder, lease: lease)
    }

    func renew(_ ticket: LockTicket, lease: Duration) async throws { try await state.renew(ticket, lease: lease) }
    func release(_ ticket: LockTicket) async throws { try await state.release(ticket) }

    func holder(service: ServiceKey, environment: String) async throws -> LockHolder? {
        try await state.holder(service: service, environment: environment)
    }

    func breakLock(_ release: ForcedRelease) async throws -> LockHolder? { try await state.breakLock(release) }

    func forcedReleases(environment: String, limit: Int) async throws -> [ForcedRelease] {
        try await state.forcedReleases(environment: environment, limit: limit)
    }
}

/// The bucket as one process reaches it.
private struct ProcessBucket: StateBucket {
    let process: SimulatedProcess

    let place = "gs://simulated"
    private var world: SimulatedWorld { process.world }
    /// As the header `Date` says it.
    private var time: Double { world.clock.seconds.rounded(.down) }

    func object(_ name: String, generation: Int64?) async throws -> BucketAnswer<BucketObject?> {
        try await call("bucket read", isWrite: false) { bucket in bucket.object(name) }
    }

    func list(_ prefix: String, from first: String?, limit: Int) async throws -> BucketAnswer<[BucketEntry]> {
        try await call("bucket list", isWrite: false) { bucket in bucket.list(prefix, from: first, limit: limit) }
    }

    func write(_ bytes: [UInt8], to name: String, ifGeneration generation: Int64) async throws -> BucketAnswer<Int64> {
        try await call("bucket write", isWrite: true) { bucket in
            try bucket.write(bytes, to: name, ifGeneration: generation, by: process)
        }
    }

    func remove(_ name: String, ifGeneration generation: Int64) async throws {
        _ = try await call("bucket remove", isWrite: true) { bucket in
            bucket.remove(name, ifGeneration: generation)
            return true
        }
    }

    private func call<Value: Sendable>(
        _ what: String, isWrite: Bool, _ body: @escaping @Sendable (SimulatedBucket) throws -> Value
    ) async throws -> BucketAnswer<Value> {
        guard let bucket = world.disk as? SimulatedBucket else { throw Failure(.internalError, "no bucket") }
        return try await process.effect(what, isWrite: isWrite) {
            if isWrite, bucket.isOutOfOrder() { throw Failure(.unavailable, "the bucket is out of order") }
            switch world.bucketFault(isWrite: isWrite) {
            case .unavailable: throw Failure(.unavailable, "503")
            case .slow: try await ProcessClock(process: process).sleep(for: .seconds(20))
            case .lostReply where world.chance(50):
                _ = try? body(bucket)
                throw Failure(.unavailable, "no answer", mayHaveHappened: true)
            case .lostReply:
                arriveLate(body, in: bucket)
                throw Failure(.unavailable, "no answer", mayHaveHappened: true)
            default: break
            }
            return BucketAnswer(try body(bucket), time: time)
        }
    }

    /// What was given up here is still on its way.
    private func arriveLate<Value: Sendable>(
        _ body: @escaping @Sendable (SimulatedBucket) throws -> Value, in bucket: SimulatedBucket
    ) {
        let world = world
        world.scheduler.start {
            try? await world.clock.sleep(for: world.reconciliation() * 3)
            if !world.isOver { _ = try? body(bucket) }
        }
    }
}
