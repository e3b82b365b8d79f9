import Commands
import GoogleCloud
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

    private typealias Store = any JournalStore & ServiceLock

    /// The base URL of a Cloud Storage; nil for a file.
    private var storage: String? { getenv("CONTEND_STORAGE").map { String(cString: $0) } }

    private func open() throws -> Store {
        guard let storage else { return try SQLiteState(folder: folder + "/state") }
        let client = StorageClient(endpoints: GoogleEndpoints(storage: storage), tokens: StubToken())
        return BucketState(CloudStorageBucket({ client }, bucket: "team", prefix: "contend"))
    }

    func run(_ rounds: Int) async throws -> Tally {
        let state = try open()
        var tally = Tally()
        try await state.begin(run: name, environment: "test", plan: "{}")
        for _ in 0..<rounds {
            let ticket = try await takeLock(state)
            try await work(ticket, state, &tally)
            try await state.release(ticket)
        }
        return tally
    }

    /// A descriptor; negative where the file is there already.
    private static func create(_ path: String) -> Int32 {
        #if canImport(Glibc)
        Glibc.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        #else
        Darwin.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        #endif
    }

    private func takeLock(_ state: Store) async throws -> LockTicket {
        while true {
            do {
                return try await state.acquire(
                    service: "backend", environment: "test",
                    holder: LockHolder(run: name, who: name, commit: nil, since: ""), lease: lease)
            } catch let failure as Failure where failure.category == .conflict {
                // A bucket is asked over the network: less often.
                let unit = storage == nil ? 1 : 10
                try await Task.sleep(for: .microseconds(Int.random(in: 200 * unit...3000 * unit)))
            }
        }
    }

    private func work(_ ticket: LockTicket, _ state: Store, _ tally: inout Tally) async throws {
        if sleeps {
            print("holding")
            fflush(nil)
            // Whoever started this one wakes it, when somebody else has the lock.
            raise(SIGSTOP)
        } else {
            let inside = Self.create(folder + "/inside")
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

/// What the stub of Cloud Storage wants to see.
private struct StubToken: AccessTokens {
    func token() async throws -> String? { "stub-token" }
}
