import Releases
import Synchronization

/// Journal, ledger, image records and locks in memory. A store that is told to end after N writes throws from then
/// on, as a process that was killed writes no more.
actor MemoryState: JournalStore, Ledger, ImageRecords, ServiceLock {
    struct Killed: Error {}

    private let power: Power
    private(set) var journals: [String: StoredJournal] = [:]
    private(set) var documents: [ReleaseDocument] = []
    private var images: [String: BuiltImage] = [:]
    private var locks: [ServiceKey: LockRecord] = [:]
    private var forced: [ForcedRelease] = []
    /// Seconds; a lease runs out when a test says so.
    private var time = 0.0
    private var token: Int64 = 0
    private(set) var writes = 0
    private var writesAllowed = Int.max
    private var losesEffect = false
    private var highestTokens: [String: Int64] = [:]
    /// Thrown by every further write of the journal: a full disk, say.
    private var refusal: Failure?
    private var refusedFrom = 0

    /// The power goes off with the last of these writes, so that the effect after it does not happen, or with the
    /// first that is too many, so that it has happened and is not written down.
    func allow(writes: Int, effectAfterwards: Bool = true) {
        writesAllowed = writes
        losesEffect = !effectAfterwards
    }

    func refuse(_ failure: Failure?, after further: Int) {
        refusal = failure
        refusedFrom = writes + further
    }

    init(power: Power) { self.power = power }

    func begin(run: String, environment: String, plan: String, process: LockProcess?) async throws {
        journals[run] = StoredJournal(
            run: run, environment: environment, plan: plan, entries: [], process: process)
    }

    func claim(run: String, process: LockProcess?) async throws { journals[run]?.process = process }

    func append(
        _ entry: JournalEntry, to run: String, fencingToken: Int64, holding tickets: [LockTicket]
    ) async throws {
        guard writes < writesAllowed else {
            power.isOn = false
            throw Killed()
        }
        if let refusal, writes >= refusedFrom { throw refusal }
        guard fencingToken >= highestTokens[run] ?? 0 else { throw Failure(.conflict, "taken over") }
        for ticket in tickets where locks[ticket.service]?.isHeld(by: ticket) != true {
            throw locks[ticket.service]?.lostFailure(ticket) ?? Failure(.conflict, "no such lock")
        }
        highestTokens[run] = fencingToken
        writes += 1
        if losesEffect, writes == writesAllowed { power.isOn = false }
        journals[run]?.entries.append(entry)
    }

    func read(run: String) async throws -> StoredJournal? { journals[run] }

    func unfinishedRuns(environment: String) async throws -> [String] {
        journals.values.filter { Progress(replaying: $0.entries).ended == nil }.map(\.run).sorted()
    }

    func record(_ release: ReleaseDocument) async throws {
        guard power.isOn else { throw Killed() }
        if let refusal, writes >= refusedFrom { throw refusal }
        documents.removeAll { $0.run == release.run }
        documents.insert(release, at: 0)
    }

    func release(run: String) async throws -> ReleaseDocument? { documents.first { $0.run == run } }

    func releases(_ query: LedgerQuery) async throws -> [ReleaseDocument] { documents }

    func image(builder: String, repository: String, sourceDigest: String) async throws -> BuiltImage? {
        images["\(repository) \(sourceDigest)"]
    }

    func record(_ image: BuiltImage, builder: String, repository: String, sourceDigest: String) async throws {
        images["\(repository) \(sourceDigest)"] = image
    }

    func acquire(
        service: ServiceKey, environment: String, holder: LockHolder, lease: Duration
    ) async throws -> LockTicket {
        var lock = locks[service] ?? LockRecord(service: service, environment: environment)
        defer { locks[service] = lock }
        token += 1
        return try lock.take(for: holder, token: token, at: time, lease: lease)
    }

    func renew(_ ticket: LockTicket, lease: Duration) async throws {
        try locks[ticket.service]?.renew(ticket, at: time, lease: lease)
    }

    func release(_ ticket: LockTicket) async throws { locks[ticket.service]?.release(ticket) }

    func holder(service: ServiceKey, environment: String) async throws -> LockHolder? {
        locks[service]?.currentHolder(at: time)
    }

    func breakLock(_ release: ForcedRelease) async throws -> LockHolder? {
        forced.insert(release, at: 0)
        return locks[release.service]?.breakOpen(token: token + 1)
    }

    func forcedReleases(environment: String, limit: Int) async throws -> [ForcedRelease] { forced }

    /// Time enough passes that every lease has run out.
    func dropLocks() { time += 3600 }
}

/// Of the machine that everything runs on.
final class Power: Sendable {
    private let state = Mutex(true)

    var isOn: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
