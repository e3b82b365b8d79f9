/// The one writer of a run's journal: an entry is durable first and believed afterwards.
actor RunJournal {
    private let run: String
    private let store: any JournalStore
    private let now: @Sendable () -> String
    private(set) var progress: Progress
    private var fencingToken: Int64

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
        try await store.append(entry, to: run, fencingToken: fencingToken)
        progress.apply(entry)
    }

    /// Tokens of several services: the journal's own is the highest, since an older writer has lower ones only.
    func raise(fencingToken token: Int64) {
        fencingToken = max(fencingToken, token)
    }
}
