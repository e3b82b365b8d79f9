import GRDB
import Loop
import Releases
import State
import Testing

/// What a loop's journal promises whoever takes a loop up.
@Suite struct LoopJournalTests {
    private func order(_ run: String, tree: String = "/tree") -> LoopOrder {
        LoopOrder(run: run, environment: "local", tree: tree)
    }

    @Test func `entries come back in order after reopening, and the loop is found by its releases`() async throws {
        try await withStateFolder { folder in
            let events: [LoopEntry.Event] = [
                .iterationBegan(1, head: "aaaa"), .releaseIntended(run: "r1"),
                .released(IterationRelease(run: "r1", state: .passed, serving: ["backend": "backend-1"])),
                .probeIntended(run: "p1", commit: "bbbb"), .rollbackIntended(run: "b1", to: ["backend": "backend-0"]),
            ]
            do {
                let journal = try SQLiteLoopJournal(folder: folder)
                try await journal.begin(order("l1"), at: 1, process: nil)
                for event in events { try await journal.append(LoopEntry(time: 2, event: event), toLoop: "l1") }
            }
            let reopened = try SQLiteLoopJournal(folder: folder)
            let stored = try #require(try await reopened.read(loop: "l1"))
            #expect(stored.order == order("l1"))
            #expect(stored.entries.dropFirst().map(\.event) == events)
            for run in ["r1", "p1", "b1"] {
                #expect(try await reopened.loop(ofRelease: run)?.run == "l1", "\(run)")
            }
            #expect(try await reopened.loop(ofRelease: "other") == nil)
        }
    }

    @Test func `one tree has one loop at a time, and one that was killed is named`() async throws {
        try await withStateFolder { folder in
            let alive = LockProcess(host: "laptop", id: 1)
            let dead = LockProcess(host: "laptop", id: 2)
            let journal = try SQLiteLoopJournal(folder: folder, isGone: { $0 == dead })
            try await journal.begin(order("l1"), at: 1, process: alive)
            let busy = try await failure { try await journal.begin(order("l2"), at: 1, process: dead) }
            #expect(busy.category == .conflict)
            #expect(busy.hint?.contains("kill -INT 1") == true)
            let taken = try await failure { try await journal.claim(loop: "l1", process: dead) }
            #expect(taken.category == .conflict)
            try await journal.begin(order("l3", tree: "/other"), at: 1, process: dead)
            let left = try await failure { try await journal.begin(order("l4", tree: "/other"), at: 1, process: alive) }
            #expect(left.hint?.contains("stagectl resume l3 --env local") == true)
            #expect(left.hint?.contains("stagectl abort l3 --env local") == true)
            try await journal.claim(loop: "l3", process: alive)
            #expect(try await journal.read(loop: "l3")?.process == alive)
            // Without a repository there is no tree to share.
            try await journal.begin(order("l5", tree: ""), at: 1, process: alive)
            try await journal.begin(order("l6", tree: ""), at: 1, process: alive)
        }
    }

    @Test func `a loop that has ended takes no entry, and leaves its tree to the next one`() async throws {
        try await withStateFolder { folder in
            let journal = try SQLiteLoopJournal(folder: folder)
            try await journal.begin(order("l1"), at: 1, process: nil)
            try await journal.append(LoopEntry(time: 2, event: .stopped(StopRecord(.goal, "all"))), toLoop: "l1")
            let late = try await failure {
                try await journal.append(LoopEntry(time: 3, event: .branchMade), toLoop: "l1")
            }
            #expect(late.category == .conflict)
            #expect(try await journal.unfinishedLoops(environment: "local").loops.isEmpty)
            try await journal.begin(order("l2"), at: 3, process: nil)
            #expect(try await journal.unfinishedLoops(environment: "local").loops.map(\.run) == ["l2"])
            #expect(try await journal.unfinishedLoops(environment: "other").loops.isEmpty)
            #expect(try await journal.loops(environment: "local", limit: 5).map(\.run) == ["l2", "l1"])
            #expect(try await journal.loops(environment: "local", limit: 1).map(\.run) == ["l2"])
        }
    }

    @Test func `a loop that cannot be read stands in nobody's way, and is named when it is asked for`() async throws {
        try await withStateFolder { folder in
            let journal = try SQLiteLoopJournal(folder: folder)
            for run in ["l1", "l2", "l3"] { try await journal.begin(order(run, tree: "/\(run)"), at: 1, process: nil) }
            let database = try DatabaseQueue(path: folder + "/loops.sqlite")
            try await database.write { database in
                try database.execute(sql: "UPDATE entry SET version = 99 WHERE run = 'l1'")
                try database.execute(sql: "UPDATE entry SET entry = '{\"of\": \"tomorrow\"}' WHERE run = 'l2'")
            }
            let unfinished = try await journal.unfinishedLoops(environment: "local")
            #expect(unfinished.loops.map(\.run) == ["l3"])
            #expect(unfinished.unreadable.map(\.run) == ["l1", "l2"])
            #expect(unfinished.unreadable[0].failure.summary.contains("newer stagectl"))
            let asked = try await failure { _ = try await journal.read(loop: "l1") }
            #expect(asked.summary.contains("`l1`") && asked.hint == "install the newest stagectl")
        }
    }
}
