import Releases

/// A process of stagectl as the world sees it: it runs, it stands still, or it is gone. Its code goes on in every case,
/// but nothing that it does reaches anything any more.
///
/// Unchecked for the scheduler's reason: one thread.
final class SimulatedProcess: @unchecked Sendable {
    struct Gone: Error {}

    /// Where a process ends, counted in what it does itself.
    enum Doom: Hashable {
        case call(Int, afterEffect: Bool)
        /// Reads leave nothing behind: to be gone before one is the same as after the write before it.
        case write(Int)
    }

    let world: SimulatedWorld
    let run: String
    private(set) var isGone = false
    private let doom: Doom?
    private var calls = 0
    private var writes = 0
    /// The call in which it stood still last.
    private(set) var sleptIn: String?
    private var standsStillUntil = Duration.zero
    /// Ctrl-C.
    var interrupt: () -> Void = {}

    init(_ world: SimulatedWorld, run: String, doom: Doom? = nil) {
        self.world = world
        self.run = run
        self.doom = doom
    }

    /// Around every effect: before it and after it the process may stop being.
    func effect<Value>(
        _ what: String, isWrite: Bool = true, _ body: () async throws -> Value
    ) async throws -> Value {
        try await pass()
        calls += 1
        if isWrite { writes += 1 }
        let (call, write) = (calls, isWrite ? writes : nil)
        let moment = world.nextCall(of: self)
        if doom == .call(call, afterEffect: false) { try leave() }
        if moment.contains(where: { if case .freeze = $0 { true } else { false } }) { sleptIn = what }
        try await suffer(moment, afterEffect: false)
        try await world.clock.sleep(for: world.latency())
        // Nothing reaches the world from a process that went while its request was on its way.
        if isGone { throw Gone() }
        let result = try await body()
        if doom == .call(call, afterEffect: true) || (write != nil && doom == write.map(Doom.write)) { try leave() }
        try await suffer(moment, afterEffect: true)
        return result
    }

    /// From now on nothing reaches it, and it reaches nothing.
    func end() {
        isGone = true
        world.processDied(self)
    }

    private func leave() throws(Gone) {
        end()
        throw Gone()
    }

    /// Waits while the process stands still.
    func pass() async throws {
        if isGone || world.isOver { throw Gone() }
        while standsStillUntil > world.clock.now() {
            try await world.clock.sleep(for: standsStillUntil - world.clock.now())
        }
        if isGone { throw Gone() }
    }

    private func suffer(_ faults: [Fault], afterEffect: Bool) async throws {
        for fault in faults {
            switch fault {
            case .kill(_, afterEffect):
                try leave()
            case .freeze(_, let seconds) where !afterEffect:
                standsStillUntil = world.clock.now() + .seconds(seconds)
                // Somebody finds the lease run out, while its holder sleeps on.
                if seconds > 40 { world.contend(world.keeping.leaseEnd + .seconds(1)) }
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
