import Releases
import Testing

@testable import State

@Suite struct LockTests {
    @Test func `of eight that contend exactly one gets the lock`() async throws {
        try await withStateFolder { folder in
            // Two connections, as two processes would have.
            let states = [try SQLiteState(folder: folder), try SQLiteState(folder: folder)]
            let outcomes = await withTaskGroup(of: Result<LockTicket, any Error>.self) { group in
                for number in 0..<8 {
                    let state = states[number % 2]
                    group.addTask {
                        do {
                            return .success(
                                try await state.acquire(
                                    service: "backend", environment: "local", holder: holder("r\(number)"),
                                    lease: .seconds(60)))
                        } catch { return .failure(error) }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let tickets = outcomes.compactMap { try? $0.get() }
            let refusals = outcomes.compactMap { outcome -> Failure? in
                if case .failure(let error) = outcome { error as? Failure } else { nil }
            }
            #expect(tickets.count == 1)
            #expect(refusals.count == 7)
            #expect(refusals.allSatisfy { $0.category == .conflict })
            let current = try await states[0].holder(service: "backend", environment: "local")
            #expect(current?.run == tickets.first?.run)
        }
    }

    @Test func `the conflict names its holder and what to do`() async throws {
        try await withStateFolder { folder in
            let state = try SQLiteState(folder: folder)
            _ = try await state.acquire(
                service: "backend", environment: "staging", holder: holder("r1"), lease: .seconds(60))
            let refusal = try await failure {
                _ = try await state.acquire(
                    service: "backend", environment: "staging", holder: holder("r2", who: "bob@ci"),
                    lease: .seconds(60))
            }
            let said = Dictionary(uniqueKeysWithValues: refusal.details.map { ($0.label, $0.value) })
            #expect(
                said == [
                    "holder": "ada@laptop", "run": "r1", "commit": String(repeating: "a", count: 40),
                    "since": "2026-01-01T00:00:00Z",
                ])
            let hint = try #require(refusal.hint)
            #expect(hint.contains("--wait-lock") && hint.contains("stagectl lock show"))
        }
    }

    @Test func `the same run gets it again with a higher token`() async throws {
        try await withStateFolder { folder in
            let state = try SQLiteState(folder: folder)
            let first = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r1"), lease: .seconds(60))
            let second = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r1"), lease: .seconds(60))
            #expect(second.fencingToken > first.fencingToken)
            let refusal = try await failure { try await state.renew(first, lease: .seconds(60)) }
            #expect(refusal.category == .conflict)
            // Releasing with the old ticket does nothing.
            try await state.release(first)
            #expect(try await state.holder(service: "backend", environment: "local") == holder("r1"))
        }
    }

    @Test func `a lease that ran out is taken over and its old holder is told`() async throws {
        try await withStateFolder { folder in
            let clock = TestClock()
            let state = try SQLiteState(folder: folder, now: clock.now)
            let first = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r1"), lease: .seconds(30))
            clock.advance(by: 29)
            try await state.renew(first, lease: .seconds(30))
            clock.advance(by: 29)
            _ = try await failure {
                _ = try await state.acquire(
                    service: "backend", environment: "local", holder: holder("r2"), lease: .seconds(30))
            }
            clock.advance(by: 2)
            #expect(try await state.holder(service: "backend", environment: "local") == nil)
            let second = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r2"), lease: .seconds(30))
            #expect(second.fencingToken > first.fencingToken)
            let refusal = try await failure { try await state.renew(first, lease: .seconds(30)) }
            #expect(refusal.details.contains(.init("run", "r2")))
        }
    }

    @Test func `nobody waits for the lease of a process that is known to be gone`() async throws {
        try await withStateFolder { folder in
            let state = try SQLiteState(folder: folder, isGone: { $0.run == "r-dead" })
            let dead = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r-dead"), lease: .seconds(60))
            #expect(try await state.holder(service: "backend", environment: "local") == nil)
            let taken = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r-next"), lease: .seconds(60))
            #expect(taken.fencingToken > dead.fencingToken)
            let refused = try await failure {
                _ = try await state.acquire(
                    service: "backend", environment: "local", holder: holder("r-third"), lease: .seconds(60))
            }
            #expect(refused.category == .conflict, "of the living nothing is taken")
        }
    }

    @Test func `tokens grow over releases and services are apart`() async throws {
        try await withStateFolder { folder in
            let state = try SQLiteState(folder: folder)
            var last: Int64 = 0
            for run in ["r1", "r2", "r3"] {
                let ticket = try await state.acquire(
                    service: "backend", environment: "local", holder: holder(run), lease: .seconds(60))
                #expect(ticket.fencingToken > last)
                last = ticket.fencingToken
                try await state.release(ticket)
                #expect(try await state.holder(service: "backend", environment: "local") == nil)
            }
            _ = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r1"), lease: .seconds(60))
            _ = try await state.acquire(
                service: "auth", environment: "local", holder: holder("r2"), lease: .seconds(60))
            _ = try await state.acquire(
                service: "backend", environment: "staging", holder: holder("r3"), lease: .seconds(60))
        }
    }

    @Test func `a broken lock is free and cannot be renewed`() async throws {
        try await withStateFolder { folder in
            let state = try SQLiteState(folder: folder)
            let ticket = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r1"), lease: .seconds(60))
            let release = ForcedRelease(
                service: "backend", environment: "local", who: "eve@desk", reason: "CI was cancelled", time: "t")
            #expect(try await state.breakLock(release) == holder("r1"))
            #expect(try await state.breakLock(release) == nil)
            let refusal = try await failure { try await state.renew(ticket, lease: .seconds(60)) }
            #expect(refusal.category == .conflict)
            let written = try await state.forcedReleases(environment: "local", limit: 10)
            #expect(written.map(\.who) == ["eve@desk"] && written.first?.holder == holder("r1"))
        }
    }

    @Test func `a holder that slept through its lease writes nothing any more`() async throws {
        try await withStateFolder { folder in
            let clock = TestClock()
            let state = try SQLiteState(folder: folder, now: clock.now)
            try await state.begin(run: "r1", environment: "local", plan: "{}")
            let ticket = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r1"), lease: .seconds(30))
            clock.advance(by: 3600)
            // Nobody has come since: it may go on.
            try await state.append(entry("one"), to: "r1", fencingToken: ticket.fencingToken, holding: [ticket])
            _ = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r2"), lease: .seconds(30))
            let refusal = try await failure {
                try await state.append(entry("two"), to: "r1", fencingToken: ticket.fencingToken, holding: [ticket])
            }
            #expect(refusal.category == .conflict)
            #expect(refusal.details.contains(.init("run", "r2")))
            #expect(try await state.read(run: "r1")?.entries.count == 1)
        }
    }

    @Test func `a later ticket is above those of every other service`() async throws {
        // A run over two services journals with the higher token; resuming it starts with either service.
        try await withStateFolder { folder in
            let state = try SQLiteState(folder: folder)
            try await state.begin(run: "r1", environment: "local", plan: "{}")
            var highest: Int64 = 0
            for service in ["auth", "backend", "backend", "backend"] as [ServiceKey] {
                highest = try await state.acquire(
                    service: service, environment: "local", holder: holder("r1"), lease: .seconds(60)
                ).fencingToken
            }
            try await state.append(entry("one"), to: "r1", fencingToken: highest)
            let resumed = try await state.acquire(
                service: "auth", environment: "local", holder: holder("r1"), lease: .seconds(60))
            try await state.append(entry("two"), to: "r1", fencingToken: resumed.fencingToken)
            #expect(resumed.fencingToken > highest)
        }
    }
}
