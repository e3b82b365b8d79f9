/// The instances of one revision, and what is wanted of them: the pool's state, kept under its lock.
struct RevisionInstances: Sendable {
    enum Phase: Hashable, Sendable {
        case starting, ready, stopping
    }

    struct Instance: Sendable {
        /// Unique within the server.
        var id: String
        var running: RunningInstance
        var phase: Phase
        var inFlight = 0
        /// Since when no request is under way.
        var idleSince: ContinuousClock.Instant
        var readySince: ContinuousClock.Instant?
        var exitCode: Int32?
    }

    var blueprint: InstanceBlueprint
    /// It has traffic or a tag, and so keeps an instance.
    var isPinned = false
    var instances: [Instance] = []
    /// Number of the start under way or done last, and how the last finished one ended.
    var attempt = 0
    var isStarting = false
    var outcome: (attempt: Int, failure: StartupFailure?) = (0, nil)
    /// Consecutive crashes and failed starts.
    var failures = 0
    var backoffUntil: ContinuousClock.Instant?
    var turn = 0

    var ready: [Int] { instances.indices.filter { instances[$0].phase == .ready } }

    /// How many instances there should be at least.
    var desired: Int { isPinned ? max(1, blueprint.minimum) : 0 }

    /// The next instance in turn, one with room if there is one.
    mutating func choose() -> (host: String, port: Int)? {
        let ready = self.ready
        guard !ready.isEmpty else { return nil }
        turn = (turn + 1) % ready.count
        let inTurn = ready[turn...] + ready[..<turn]
        let index = inTurn.first { instances[$0].inFlight < blueprint.concurrency } ?? inTurn[turn]
        instances[index].inFlight += 1
        return (instances[index].running.host, instances[index].running.port)
    }

    /// All instances have as many requests as they may have, and one more is allowed.
    func needsMore(limit: Int) -> Bool {
        let ready = self.ready
        return !isStarting && !ready.isEmpty && instances.count < min(limit, blueprint.maximum)
            && ready.allSatisfy { instances[$0].inFlight >= blueprint.concurrency }
    }

    /// After a crash or a failed start: 0.5 s, doubled each time, at most 30 s.
    mutating func backOff(now: ContinuousClock.Instant) {
        failures += 1
        backoffUntil = now + min(.milliseconds(500) * (1 << min(failures - 1, 6)), .seconds(30))
    }

    func isBackingOff(now: ContinuousClock.Instant) -> Bool {
        backoffUntil.map { $0 > now } ?? false
    }

    /// Instances that nobody needs any more: idle for long enough, above what is wanted.
    func superfluous(now: ContinuousClock.Instant, idleTimeout: Duration) -> [String] {
        let ready = self.ready
        let idle = ready.filter { instances[$0].inFlight == 0 && instances[$0].idleSince + idleTimeout <= now }
        return idle.suffix(max(0, ready.count - desired)).map { instances[$0].id }
    }
}
