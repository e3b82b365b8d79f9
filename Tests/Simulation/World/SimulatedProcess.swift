import Releases

/// A process of stagectl as the world sees it: it runs, it stands still, or it is gone. Its code goes on in every case,
/// but nothing that it does reaches anything any more.
///
/// Unchecked for the scheduler's reason: one thread.
final class SimulatedProcess: @unchecked Sendable {
    struct Gone: Error {}

    let world: SimulatedWorld
    let run: String
    private(set) var isGone = false
    private var standsStillUntil = Duration.zero
    /// Ctrl-C.
    var interrupt: () -> Void = {}

    init(_ world: SimulatedWorld, run: String) {
        self.world = world
        self.run = run
    }

    /// Around every effect: before it and after it the process may stop being.
    func effect<Value>(_ what: String, _ body: () async throws -> Value) async throws -> Value {
        try await pass()
        let moment = world.nextCall(of: self)
        try await suffer(moment, afterEffect: false)
        try await world.clock.sleep(for: world.latency())
        // Nothing reaches the world from a process that went while its request was on its way.
        if isGone { throw Gone() }
        let result = try await body()
        try await suffer(moment, afterEffect: true)
        return result
    }

    /// Waits while the process stands still.
    func pass() async throws {
        if isGone { throw Gone() }
        while standsStillUntil > world.clock.now() {
            try await world.clock.sleep(for: standsStillUntil - world.clock.now())
        }
        if isGone { throw Gone() }
    }

    private func suffer(_ faults: [Fault], afterEffect: Bool) async throws {
        for fault in faults {
            switch fault {
            case .kill(_, afterEffect):
                isGone = true
                world.processDied(self)
                throw Gone()
            case .freeze(_, let seconds) where !afterEffect:
                standsStillUntil = world.clock.now() + .seconds(seconds)
                // Somebody finds the lease run out, while its holder sleeps on.
                if seconds > 40 { world.contend(.seconds(32)) }
                try await pass()
            case .interrupt where !afterEffect:
                interrupt()
            default:
                break
            }
        }
    }
}

/// The world's clock as this process has it.
struct ProcessClock: RunClock {
    let process: SimulatedProcess

    func now() -> Duration { process.world.clock.now() }

    func sleep(for duration: Duration) async throws {
        try await process.world.clock.sleep(for: duration)
        try await process.pass()
    }
}
