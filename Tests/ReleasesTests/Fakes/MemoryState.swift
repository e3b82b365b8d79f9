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
    private var holders: [String: LockHolder] = [:]
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

    func begin(run: String, environment: String, plan: String) async throws {
        journals[run] = StoredJournal(run: run, environment: environment, plan: plan, entries: [])
    }

    func append(_ entry: JournalEntry, to run: String, fencingToken: Int64) async throws {
        guard writes < writesAllowed else {
            power.isOn = false
            throw Killed()
        }
        if let refusal, writes >= refusedFrom { throw refusal }
        guard fencingToken >= highestTokens[run] ?? 0 else { throw Failure(.conflict, "taken over") }
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

    func releases(environment: String, service: String?, limit: Int) async throws -> [ReleaseDocument] { documents }

    func image(builder: String, repository: String, sourceDigest: String) async throws -> BuiltImage? {
        images["\(repository) \(sourceDigest)"]
    }

    func record(_ image: BuiltImage, builder: String, repository: String, sourceDigest: String) async throws {
        images["\(repository) \(sourceDigest)"] = image
    }

    func acquire(
        service: String, environment: String, holder: LockHolder, lease: Duration
    ) async throws -> LockTicket {
        if let other = holders[service], other.run != holder.run { throw Failure(.conflict, "held by \(other.run)") }
        holders[service] = holder
        token += 1
        return LockTicket(service: service, environment: environment, run: holder.run, fencingToken: token)
    }

    func renew(_ ticket: LockTicket, lease: Duration) async throws {}

    func release(_ ticket: LockTicket) async throws { holders[ticket.service] = nil }

    func holder(service: String, environment: String) async throws -> LockHolder? { holders[service] }

    func dropLocks() { holders = [:] }
}

/// Of the machine that everything runs on.
final class Power: Sendable {
    private let state = Mutex(true)

    var isOn: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
