/// The one writer of a run's journal: an entry is durable first and believed afterwards.
actor RunJournal {
    private let run: String
    private let store: any JournalStore
    private let now: @Sendable () -> String
    private(set) var progress: Progress
    private var fencingToken: Int64 = 0

    init(run: String, store: any JournalStore, progress: Progress, now: @escaping @Sendable () -> String) {
        self.run = run
        self.store = store
        self.progress = progress
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
