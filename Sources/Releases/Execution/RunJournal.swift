/// The one writer of a run's journal: an entry is durable first and believed afterwards.
actor RunJournal {
    private let run: String
    private let store: any JournalStore
    private let held: HeldLocks
    private let now: @Sendable () -> String
    private(set) var progress: Progress
    private var fencingToken: Int64
    /// Why the last entries are missing from the store; nil while all are there.
    private(set) var lost: Failure?
    private var missing: [JournalEntry] = []
    /// Set once somebody else has the run or one of its services: whatever this process believes from then on is no
    /// longer what happens.
    private(set) var isFencedOff = false

    init(
        run: String, store: any JournalStore, held: HeldLocks, progress: Progress,
        now: @escaping @Sendable () -> String
    ) {
        self.run = run
        self.store = store
        self.held = held
        self.progress = progress
        // Whoever takes a run up again writes before it holds new locks: with the tokens that the run had.
        self.fencingToken = progress.states.values.compactMap { $0.output?.fencingToken }.max() ?? 0
        self.now = now
    }

    func write(_ event: JournalEntry.Event) async throws {
        let entry = JournalEntry(time: now(), event: event)
        guard lost == nil else { return try await catchUp(with: entry) }
        try await append(entry)
        progress.apply(entry)
    }

    /// From here on an entry that cannot be stored is kept for later. Only the way back may ask for this: what it does
    /// is the same however often it is done, and a full disk must not leave traffic where it does not belong. While
    /// entries are missing the run stays unfinished in the store, so that `abort` does it once more.
    func goOn(without entry: JournalEntry.Event, _ reason: Failure) {
        lost = reason
        missing = [JournalEntry(time: now(), event: entry)]
        for entry in missing { progress.apply(entry) }
    }

    /// Stores what is missing, then this one: a journal with a gap would tell another story. A refusal is never passed
    /// over: somebody else has the run then.
    private func catchUp(with entry: JournalEntry) async throws {
        progress.apply(entry)
        missing.append(entry)
        do {
            while let next = missing.first {
                try await append(next)
                missing.removeFirst()
            }
            lost = nil
        } catch {
            if isFencedOff { throw error }
        }
    }

    private func append(_ entry: JournalEntry) async throws {
        do {
            try await store.append(entry, to: run, fencingToken: fencingToken, holding: await held.tickets)
        } catch {
            if StepError(lifting: error).failure.category == .conflict { isFencedOff = true }
            throw error
        }
    }

    /// Somebody else has one of the services: what this process would still write is not true any more.
    func giveUp() { isFencedOff = true }

    /// Reads the store again, for whoever takes a run up and has only just got its locks.
    func reload() async throws {
        guard let stored = try await store.read(run: run) else { return }
        progress = Progress(replaying: stored.entries)
        raise(fencingToken: progress.states.values.compactMap { $0.output?.fencingToken }.max() ?? 0)
    }

    /// Tokens of several services: the journal's own is the highest, since an older writer has lower ones only.
    func raise(fencingToken token: Int64) {
        fencingToken = max(fencingToken, token)
    }
}
