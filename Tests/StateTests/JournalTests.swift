import GRDB
import Releases
import Testing

@testable import State

@Suite struct JournalTests {
    @Test(arguments: Store.allCases) func `entries come back in order after reopening`(store: Store) async throws {
        try await store.with { place in
            var events: [JournalEntry.Event] = [
                .intent(step: "build:backend"),
                .operation(step: "candidate:backend", name: OperationName("projects/p/locations/l/operations/1")),
                .undoing(reason: Failure(.release, "it broke", details: [.init("a", "b")], hint: "c")),
            ]
            var output = StepOutput()
            output.image = ImageReference("backend@sha256:1")
            output.fencingToken = 7
            events.append(.outcome(step: "build:backend", .done(output, seconds: 1.5)))
            let entries = events.map { JournalEntry(time: "2026-01-01T00:00:00Z", event: $0) }
            do {
                let state = try place.open()
                try await state.begin(run: "r1", environment: "local", plan: "{\"plan\":1}")
                for entry in entries { try await state.append(entry, to: "r1", fencingToken: 1) }
            }
            let reopened = try place.open()
            let journal = try await reopened.read(run: "r1")
            #expect(
                journal == StoredJournal(run: "r1", environment: "local", plan: "{\"plan\":1}", entries: entries))
        }
    }

    @Test(arguments: Store.allCases) func `an unknown run has no journal`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
            #expect(try await state.read(run: "nobody") == nil)
            let refusal = try await failure { try await state.append(entry("x"), to: "nobody", fencingToken: 1) }
            #expect(refusal.category == .internalError)
        }
    }

    @Test(arguments: Store.allCases) func `a run begins once`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
            try await state.begin(run: "r1", environment: "local", plan: "{}")
            let refusal = try await failure { try await state.begin(run: "r1", environment: "local", plan: "{}") }
            #expect(refusal.category == .conflict)
        }
    }

    @Test(arguments: Store.allCases) func `a lower fencing token than the highest is refused and nothing is written`(
        store: Store
    ) async throws {
        try await store.with { place in
            let state = try place.open()
            try await state.begin(run: "r1", environment: "local", plan: "{}")
            try await state.append(entry("one"), to: "r1", fencingToken: 2)
            try await state.append(entry("two"), to: "r1", fencingToken: 5)
            try await state.append(entry("three"), to: "r1", fencingToken: 5)
            let refusal = try await failure { try await state.append(entry("late"), to: "r1", fencingToken: 4) }
            #expect(refusal.category == .conflict)
            #expect(try await state.read(run: "r1")?.entries == [entry("one"), entry("two"), entry("three")])
        }
    }

    @Test(arguments: Store.allCases) func `tokens are compared within a run`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
            try await state.begin(run: "r1", environment: "local", plan: "{}")
            try await state.begin(run: "r2", environment: "local", plan: "{}")
            try await state.append(entry("one"), to: "r1", fencingToken: 9)
            try await state.append(entry("one"), to: "r2", fencingToken: 1)
            #expect(try await state.read(run: "r2")?.entries.count == 1)
        }
    }

    @Test(arguments: Store.allCases) func `unfinished runs are those without an end or in need of attention`(
        store: Store
    ) async throws {
        try await store.with { place in
            let state = try place.open()
            for run in ["z1", "a2", "m3", "k4"] {
                try await state.begin(run: run, environment: "local", plan: "{}")
            }
            try await state.begin(run: "other", environment: "staging", plan: "{}")
            func end(_ run: String, _ outcome: ReleaseOutcome) async throws {
                let entry = JournalEntry(time: "2026-01-01T00:00:00Z", event: .ended(outcome: outcome))
                try await state.append(entry, to: run, fencingToken: 1)
            }
            try await end("a2", .promoted)
            try await end("m3", .needsAttention)
            try await end("k4", .failed)
            #expect(try await state.unfinishedRuns(environment: "local") == ["z1", "m3"])
            // Whoever still executes it beside that must not open it again.
            let late = try await failure { try await state.append(entry("again"), to: "k4", fencingToken: 2) }
            #expect(late.category == .conflict)
            #expect(try await state.unfinishedRuns(environment: "local") == ["z1", "m3"])
            try await end("m3", .rolledBack)
            #expect(try await state.unfinishedRuns(environment: "local") == ["z1"])
        }
    }

    @Test(arguments: Store.allCases)
    func `a journal says who executes its run, from the first moment and after a claim`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
            let (first, second) = (LockProcess(host: "here", id: 1), LockProcess(host: "here", id: 2))
            try await state.begin(run: "r1", environment: "local", plan: "{}", process: first)
            #expect(try await state.read(run: "r1")?.process == first)
            try await state.claim(run: "r1", process: second)
            #expect(try await state.read(run: "r1")?.process == second)
        }
    }

    @Test(arguments: Store.allCases) func `a cancelled task still journals`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
            try await state.begin(run: "r1", environment: "local", plan: "{}")
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await state.append(entry("end"), to: "r1", fencingToken: 1)
            }
            try await task.value
            #expect(try await state.read(run: "r1")?.entries == [entry("end")])
        }
    }

    @Test func `an entry of a newer version is not misread`() async throws {
        try await withStateFolder { folder in
            let state = try SQLiteState(folder: folder)
            try await state.begin(run: "r1", environment: "local", plan: "{}")
            try await state.queue.write { database in
                try database.execute(
                    sql: "INSERT INTO journal VALUES ('r1', 1, ?, 1, 0, '{}')",
                    arguments: [JournalEntry.currentVersion + 1])
            }
            let refusal = try await failure { _ = try await state.read(run: "r1") }
            #expect(refusal.category == .unavailable)
            #expect(refusal.summary.contains("newer"))
        }
    }

    @Test(arguments: Store.allCases) func `parallel appends lose nothing and keep one order`(store: Store) async throws
    {
        try await store.with { place in
            let first = try place.open()
            let second = try place.open()
            try await first.begin(run: "r1", environment: "local", plan: "{}")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    let state = number.isMultiple(of: 2) ? first : second
                    group.addTask { try await state.append(entry("\(number)"), to: "r1", fencingToken: 1) }
                }
                try await group.waitForAll()
            }
            let entries = try #require(try await second.read(run: "r1")).entries
            #expect(Set(entries) == Set((0..<40).map { entry("\($0)") }))
        }
    }
}
