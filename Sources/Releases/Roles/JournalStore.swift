/// Where a run's journal lives. `append` returns only when the entry would survive a power cut.
package protocol JournalStore: Sendable {
    /// Starts the journal of a run. `plan` is the serialised plan, which nothing changes afterwards; `process` is who
    /// executes it, before it holds any lock.
    func begin(run: String, environment: String, plan: String, process: LockProcess?) async throws

    /// Says who executes the run from now on.
    func claim(run: String, process: LockProcess?) async throws

    /// Adds one entry after all others of its run, durable before it returns. `fencingToken` is the writer's; an
    /// entry with a lower token than one already there is refused with `conflict`, and so is one whose writer's
    /// `tickets` are not all the last ones of their locks: a holder that slept through its lease must not go on. A run
    /// that has ended takes no entry any more, but for one that ended in need of attention.
    func append(
        _ entry: JournalEntry, to run: String, fencingToken: Int64, holding tickets: [LockTicket]
    ) async throws

    /// The journal in the order in which it was written; nil when there is no such run.
    func read(run: String) async throws -> StoredJournal?

    /// Runs without an end, oldest first.
    func unfinishedRuns(environment: String) async throws -> [String]
}

extension JournalStore {
    package func begin(run: String, environment: String, plan: String) async throws {
        try await begin(run: run, environment: environment, plan: plan, process: nil)
    }

    /// By a writer without locks, as every run begins.
    package func append(_ entry: JournalEntry, to run: String, fencingToken: Int64) async throws {
        try await append(entry, to: run, fencingToken: fencingToken, holding: [])
    }
}

package struct StoredJournal: Codable, Hashable, Sendable {
    package var run: String
    package var environment: String
    package var plan: String
    package var entries: [JournalEntry]
    /// Who executes it, or did so last; nil in journals of earlier versions.
    package var process: LockProcess?

    package init(
        run: String, environment: String, plan: String, entries: [JournalEntry], process: LockProcess? = nil
    ) {
        self.process = process
        self.run = run
        self.environment = environment
        self.plan = plan
        self.entries = entries
    }
}
