import Releases

/// What stagectl keeps: journals, ledger, images and locks, by the production's own rule of locks.
///
/// Unchecked for the scheduler's reason: one thread.
final class SimulatedDisk: @unchecked Sendable {
    private(set) var journals: [String: StoredJournal] = [:]
    private(set) var order: [String] = []
    private(set) var ledger: [String: ReleaseDocument] = [:]
    private(set) var locks: [ServiceKey: LockRecord] = [:]
    private var images: [String: BuiltImage] = [:]
    private var highestTokens: [String: Int64] = [:]
    private var lastToken: Int64 = 0
    private var writes = 0
    /// Runs whose last entry was refused.
    var refused: Set<String> = []
    var isCalm = false
    /// Entries per run that a crash loses, as it would without a sync.
    private var unsynced: [String: Int] = [:]
    private let defects: Set<Defect>
    private let fullAt: [(write: Int, writes: Int)]

    init(faults: [Fault], defects: Set<Defect>) {
        self.defects = defects
        fullAt = faults.compactMap { if case .diskFull(let write, let writes) = $0 { (write, writes) } else { nil } }
    }

    private func write() throws {
        writes += 1
        guard !isCalm else { return }
        if fullAt.contains(where: { ($0.write..<$0.write + $0.writes).contains(writes) }) {
            throw Failure(.unavailable, "the disk is full")
        }
    }

    // MARK: - Journal

    func begin(_ run: String, environment: String, plan: String) throws {
        try write()
        journals[run] = StoredJournal(run: run, environment: environment, plan: plan, entries: [])
        order.append(run)
    }

    func append(_ entry: JournalEntry, to run: String, token: Int64, holding tickets: [LockTicket]) throws {
        if !defects.contains(.noFencing) {
            guard token >= highestTokens[run] ?? 0 else { throw Failure(.conflict, "taken over") }
            for ticket in tickets {
                let lock = lock(of: ticket.service)
                guard lock.isHeld(by: ticket) else { throw lock.lostFailure(ticket) }
            }
        }
        if let outcome = Progress(replaying: journals[run]?.entries.suffix(1) ?? []).ended, outcome != .needsAttention {
            throw Failure(.conflict, "the run has ended")
        }
        refused.insert(run)
        try write()
        refused.remove(run)
        highestTokens[run] = max(token, highestTokens[run] ?? 0)
        if defects.contains(.noIntents), case .intent = entry.event { return }
        journals[run]?.entries.append(entry)
        unsynced[run, default: 0] += 1
    }

    /// What a crash of the machine leaves.
    func crash(of run: String) {
        guard defects.contains(.noSync), let lost = unsynced[run] else { return }
        journals[run]?.entries.removeLast(min(lost, 3))
        unsynced[run] = 0
    }

    func unfinished() -> [String] {
        order.filter { run in
            let progress = Progress(replaying: journals[run]?.entries ?? [])
            return progress.ended == nil || progress.ended == .needsAttention
        }
    }

    func read(_ run: String) -> StoredJournal? { journals[run] }

    /// What a process is told that takes the run up: by a mistake in replaying it believes something else.
    func readToResume(_ run: String) -> StoredJournal? {
        guard var journal = journals[run] else { return nil }
        let progress = Progress(replaying: journal.entries)
        func isInDoubt(_ step: String) -> Bool {
            if case .inDoubt = progress.state(of: step) { true } else { false }
        }
        if defects.contains(.forgottenIntents) {
            journal.entries.removeAll { entry in
                switch entry.event {
                case .intent(let step), .operation(let step, _): isInDoubt(step)
                case .found, .overridden, .outcome, .held, .undoing, .ended: false
                }
            }
        }
        if defects.contains(.forgottenPairs) {
            journal.entries.removeAll { if case .found = $0.event { true } else { false } }
        }
        if defects.contains(.doubtIsDone) {
            for step in progress.begun where isInDoubt(step) {
                journal.entries.append(
                    JournalEntry(time: "", event: .outcome(step: step, .done(StepOutput(), seconds: 0))))
            }
        }
        return journal
    }

    // MARK: - Ledger and images

    func record(_ release: ReleaseDocument) throws {
        try write()
        ledger[release.run] = release
    }

    func releases() -> [ReleaseDocument] { order.reversed().compactMap { ledger[$0] } }

    func image(_ key: String) -> BuiltImage? { images[key] }

    func record(_ image: BuiltImage, _ key: String) throws {
        try write()
        images[key] = image
    }

    // MARK: - Locks

    func lock(of service: ServiceKey) -> LockRecord {
        locks[service] ?? LockRecord(service: service, environment: SimulatedWorld.environment)
    }

    func acquire(_ service: ServiceKey, for holder: LockHolder, at time: Double, lease: Duration) throws -> LockTicket {
        try write()
        var lock = lock(of: service)
        if defects.contains(.sharedLock) { lock.holder = nil }
        let ticket = try lock.take(
            for: holder, token: lastToken + 1, at: time,
            lease: defects.contains(.endlessLease) ? .seconds(10_000_000) : lease)
        lastToken = max(lastToken, ticket.fencingToken)
        locks[service] = lock
        return ticket
    }

    func renew(_ ticket: LockTicket, at time: Double, lease: Duration) throws {
        try write()
        var lock = lock(of: ticket.service)
        try lock.renew(ticket, at: time, lease: lease)
        locks[ticket.service] = lock
    }

    func release(_ ticket: LockTicket) throws {
        try write()
        if defects.contains(.unlockWithoutToken) {
            locks[ticket.service]?.holder = nil
        } else {
            locks[ticket.service]?.release(ticket)
        }
    }

    func breakLock(of service: ServiceKey) {
        var lock = lock(of: service)
        _ = lock.breakOpen(token: lastToken + 1)
        lastToken = max(lastToken, lock.fencingToken)
        locks[service] = lock
    }
}
