import Releases
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The journal of the run of this invocation, which can be stopped: a second signal means that nothing goes on, and
/// what is told of the run then must be what stands in the journal.
final class RunUnderWay: JournalStore {
    /// What a run is at the moment when it is stopped.
    enum Standing: Hashable, Sendable {
        case notBegun
        case left(ReleaseDocument)
        /// Its own document is about to come.
        case ended
    }

    private struct State {
        var progress: Progress
        var hasBegun: Bool
        var writing = 0
        var isStopped = false
    }

    private let plan: Plan
    private let store: any JournalStore
    private let state: Mutex<State>

    /// - Parameter entries: the journal so far, when the run was begun before.
    init(_ plan: Plan, resuming entries: [JournalEntry] = [], store: any JournalStore) {
        self.plan = plan
        self.store = store
        state = Mutex(State(progress: Progress(replaying: entries), hasBegun: !entries.isEmpty))
    }

    func claim(run: String, process: LockProcess?) async throws {
        try await writing { try await store.claim(run: run, process: process) }
    }

    func begin(run: String, environment: String, plan: String, process: LockProcess?) async throws {
        try await writing {
            try await store.begin(run: run, environment: environment, plan: plan, process: process)
            state.withLock { $0.hasBegun = true }
        }
    }

    func append(
        _ entry: JournalEntry, to run: String, fencingToken: Int64, holding tickets: [LockTicket]
    ) async throws {
        try await writing {
            try await store.append(entry, to: run, fencingToken: fencingToken, holding: tickets)
            state.withLock { $0.progress.apply(entry) }
        }
    }

    func read(run: String) async throws -> StoredJournal? { try await store.read(run: run) }

    func unfinishedRuns(environment: String) async throws -> [String] {
        try await store.unfinishedRuns(environment: environment)
    }

    /// Every effect has its intent written before, so whoever cannot write does nothing more.
    private func writing(_ write: () async throws -> Void) async throws {
        let isStopped = state.withLock { state in
            if !state.isStopped { state.writing += 1 }
            return state.isStopped
        }
        // An error would begin the way back; the process ends in a moment.
        if isStopped { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
        defer { state.withLock { $0.writing -= 1 } }
        try await write()
    }

    /// From here on nothing is written any more.
    func stop(by category: Failure.Category) -> Standing {
        state.withLock { $0.isStopped = true }
        while state.withLock({ $0.writing > 0 }) { usleep(1000) }
        let (progress, hasBegun) = state.withLock { ($0.progress, $0.hasBegun) }
        guard hasBegun else { return .notBegun }
        guard progress.ended == nil else { return .ended }
        return .left(
            ReleaseDocument.compose(
                plan: plan, progress: progress, observations: [:], outcome: .needsAttention,
                error: Failure(
                    category, "stopped at once, run `\(plan.run)` is left as it is",
                    details: [.init("to undo it", "stagectl abort \(plan.run)")],
                    hint: "stagectl resume \(plan.run)"),
                finished: Timestamp.beginning()))
    }
}
