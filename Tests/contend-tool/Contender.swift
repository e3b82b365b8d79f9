import Releases
import State

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One process that wants a lock again and again.
struct Contender: Sendable {
    struct Tally: Sendable {
        var entered = 0
        /// Somebody else was inside at the same time.
        var collisions = 0
        /// A write was refused, since the lock was another's by then.
        var refused = 0
    }

    let folder: String
    let name: String
    let sleeps: Bool

    /// Long enough to do the work of a round on a busy machine; a sleeper's is over soon.
    private var lease: Duration { sleeps ? .milliseconds(50) : .seconds(30) }

    func run(_ rounds: Int) async throws -> Tally {
        let state = try SQLiteState(folder: folder + "/state")
        var tally = Tally()
        try await state.begin(run: name, environment: "test", plan: "{}")
        for _ in 0..<rounds {
            let ticket = try await takeLock(state)
            try await work(ticket, state, &tally)
            try await state.release(ticket)
        }
        return tally
    }

    private func takeLock(_ state: SQLiteState) async throws -> LockTicket {
        while true {
            do {
                return try await state.acquire(
                    service: "backend", environment: "test",
                    holder: LockHolder(run: name, who: name, commit: nil, since: ""), lease: lease)
            } catch let failure as Failure where failure.category == .conflict {
                try await Task.sleep(for: .microseconds(Int.random(in: 200...3000)))
            }
        }
    }

    private func work(_ ticket: LockTicket, _ state: SQLiteState, _ tally: inout Tally) async throws {
        if sleeps {
            print("holding")
            fflush(nil)
            // Whoever started this one wakes it, when somebody else has the lock.
            raise(SIGSTOP)
        } else {
            let inside = open(folder + "/inside", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
            if inside < 0 { tally.collisions += 1 } else { close(inside) }
        }
        defer { if !sleeps { unlink(folder + "/inside") } }
        do {
            try await state.append(
                JournalEntry(time: "", event: .intent(step: "traffic:backend")), to: name,
                fencingToken: ticket.fencingToken, holding: [ticket])
            tally.entered += 1
        } catch let failure as Failure where failure.category == .conflict {
            tally.refused += 1
        }
    }
}
