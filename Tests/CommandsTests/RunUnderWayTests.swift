import Releases
import Synchronization
import Testing

@testable import Commands

@Suite struct RunUnderWayTests {
    /// Keeps entries and nothing else.
    private final class Store: JournalStore {
        let entries = Mutex<[JournalEntry]>([])

        func begin(run: String, environment: String, plan: String, process: LockProcess?) async throws {}
        func claim(run: String, process: LockProcess?) async throws {}

        func append(
            _ entry: JournalEntry, to run: String, fencingToken: Int64, holding tickets: [LockTicket]
        ) async throws { entries.withLock { $0.append(entry) } }

        func read(run: String) async throws -> StoredJournal? { nil }
        func unfinishedRuns(environment: String) async throws -> [String] { [] }
    }

    private let store = Store()
    private let run: RunUnderWay

    init() {
        let plan = Plan(
            run: "r1", kind: .deploy, environment: "local", created: "t", initiator: "me", source: nil, services: [],
            steps: [], digest: { _ in "" })
        run = RunUnderWay(plan, store: store)
    }

    private func write(_ event: JournalEntry.Event) async throws {
        try await run.append(JournalEntry(time: "t", event: event), to: "r1", fencingToken: 0)
    }

    @Test func `a run that is stopped is told as its journal has it, and writes no more`() async throws {
        try await run.begin(run: "r1", environment: "local", plan: "")
        try await write(.intent(step: "candidate:backend"))
        guard case .left(let release) = run.stop(by: .interrupted) else {
            Issue.record("it has begun and not ended")
            return
        }
        #expect(release.outcome == .needsAttention)
        #expect(release.steps.map(\.status) == [.inDoubt])
        #expect(release.error?.hint == "stagectl resume r1")
        // Whoever goes on waits for ever, as the process ends in a moment.
        let late = Task { try await write(.undoing(reason: Failure(.interrupted, "x"))) }
        for _ in 0..<100 { await Task.yield() }
        late.cancel()
        #expect(store.entries.withLock { $0.count } == 1)
    }

    @Test func `a run that has ended is not left behind`() async throws {
        try await run.begin(run: "r1", environment: "local", plan: "")
        try await write(.ended(outcome: .promoted))
        #expect(run.stop(by: .interrupted) == .ended)
    }

    @Test func `a run that has not begun can not be taken up`() {
        #expect(run.stop(by: .terminated) == .notBegun)
    }
}
