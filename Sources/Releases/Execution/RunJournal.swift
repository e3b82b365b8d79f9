/// The one writer of a run's journal: an entry is durable first and believed afterwards.
actor RunJournal {
    private let run: String
    private let store: any JournalStore
    private let now: @Sendable () -> String
    private(set) var progress: Progress
    private var fencingToken: Int64
    /// Why entries are missing from the store; nil while all are there.
    private(set) var lost: Failure?

    init(run: String, store: any JournalStore, progress: Progress, now: @escaping @Sendable () -> String) {
        self.run = run
        self.store = store
        self.progress = progress
        // Whoever takes a run up again writes before it holds new locks: with the tokens that the run had.
        self.fencingToken = progress.states.values.compactMap { $0.output?.fencingToken }.max() ?? 0
        self.now = now
    }

    func write(_ event: JournalEntry.Event) async throws {
        let entry = JournalEntry(time: now(), event: event)
        do {
            try await store.append(entry, to: run, fencingToken: fencingToken)
        } catch {
            // A refusal is never passed over: somebody else has the run now.
            let failure = StepError(lifting: error).failure
            guard lost != nil, failure.category != .conflict else { throw error }
        }
        progress.apply(entry)
    }

    /// From here on an entry that cannot be stored is passed over. Only the way back may ask for this: what it does is
    /// the same however often it is done, and a full disk must not leave traffic where it does not belong. The run
    /// stays unfinished in the store, so that `abort` does it once more.
    func goOn(without reason: Failure) {
        lost = lost ?? reason
    }

    /// Tokens of several services: the journal's own is the highest, since an older writer has lower ones only.
    func raise(fencingToken token: Int64) {
        fencingToken = max(fencingToken, token)
    }
}
