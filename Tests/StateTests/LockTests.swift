import Releases
import Testing

@testable import State

@Suite struct LockTests {
    @Test(arguments: Store.allCases) func `of eight that contend exactly one gets the lock`(store: Store) async throws {
        try await store.with { place in
            // Two connections, as two processes would have.
            let states = [try place.open(), try place.open()]
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

    @Test(arguments: Store.allCases) func `the conflict names its holder and what to do`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
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

    @Test(arguments: Store.allCases) func `the same run gets it again with a higher token`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
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

    @Test(arguments: Store.allCases) func `a lease that ran out is taken over and its old holder is told`(store: Store)
        async throws
    {
        let clock = TestClock()
        try await store.with(clock) { place in
            let state = try place.open()
            let first = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r1"), lease: .seconds(30))
            clock.advance(by: 29)
            try await state.renew(first, lease: .seconds(30))
            clock.advance(by: 29)
            _ = try await failure {
                _ = try await state.acquire(
                    service: "backend", environment: "local", holder: holder("r2"), lease: .seconds(30))
            }
            // A store that judges by another machine's clock adds what it may be wrong by.
            clock.advance(by: 1 + BucketState.slack.inSeconds + 1)
            #expect(try await state.holder(service: "backend", environment: "local") == nil)
            let second = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r2"), lease: .seconds(30))
            #expect(second.fencingToken > first.fencingToken)
            let refusal = try await failure { try await state.renew(first, lease: .seconds(30)) }
            #expect(refusal.details.contains(.init("run", "r2")))
        }
    }

    @Test(arguments: Store.allCases) func `nobody waits for the lease of a process that is known to be gone`(
        store: Store
    ) async throws {
        try await store.with { place in
            let state = try place.open(isGone: { $0.id == 7 })
            let dead = try await state.acquire(
                service: "backend", environment: "local", holder: holder("r-dead", process: 7), lease: .seconds(60))
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

    @Test(arguments: Store.allCases) func `tokens grow over releases and services are apart`(store: Store) async throws
    {
        try await store.with { place in
            let state = try place.open()
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

    @Test(arguments: Store.allCases) func `a broken lock is free and cannot be renewed`(store: Store) async throws {
        try await store.with { place in
            let state = try place.open()
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

    @Test(arguments: Store.allCases) func `a holder that slept through its lease writes nothing any more`(store: Store)
        async throws
    {
        let clock = TestClock()
        try await store.with(clock) { place in
            let state = try place.open()
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

    @Test(arguments: Store.allCases) func `a later ticket is above those of every other service`(store: Store)
        async throws
    {
        // A run over two services journals with the higher token; resuming it starts with either service.
        try await store.with { place in
            let state = try place.open()
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
