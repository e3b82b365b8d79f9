/// The instances of one revision, and what is wanted of them: the pool's state, kept under its lock.
struct RevisionInstances: Sendable {
    enum Phase: Hashable, Sendable {
        case starting, ready, stopping
    }

    struct Instance: Sendable {
        /// Unique within the server.
        var id: String
        /// Those that run, by the blueprint's names, in the order in which they started.
        var containers: [(name: String, running: RunningInstance)] = []
        /// Where the requests go.
        var host = ""
        var port = 0
        var phase = Phase.starting
        var inFlight = 0
        /// Since when no request is under way.
        var idleSince = ContinuousClock.now
        var readySince: ContinuousClock.Instant?
        /// Of the first container that ended.
        var exitCode: Int32?
        var watches: [ProbeWatch] = []

        var takesRequests: Bool { phase == .ready && watches.allSatisfy(\.isPassing) }
    }

    /// A request that waits for room.
    struct Waiter: Sendable {
        var preferred: String?
        var since: ContinuousClock.Instant
        var resume: @Sendable (Result<InstanceLease, InstanceUnavailable>) -> Void
    }

    /// Somebody who wants to know whether an instance comes up.
    struct Observer: Sendable {
        var deadline: ContinuousClock.Instant
        var resume: @Sendable (StartupFailure?) -> Void
    }

    /// Full resource name.
    let name: String
    var blueprint: InstanceBlueprint
    /// What the service allows, besides the revision's own bounds.
    var serviceBounds: ScalingBounds?
    /// It has traffic or a tag.
    var isPinned = false
    /// When it was last needed: given traffic, started or asked.
    var usedAt = ContinuousClock.now
    var instances: [Instance] = []
    var waiting: [Waiter] = []
    var observers: [Observer] = []
    /// How long the last start took.
    var startupTime = Duration.zero
    /// Consecutive crashes and failed starts.
    var failures = 0
    var backoffUntil: ContinuousClock.Instant?
    private var turn = 0

    init(name: String, blueprint: InstanceBlueprint) {
        self.name = name
        self.blueprint = blueprint
    }

    /// Nothing runs and nothing is wanted, which holds for most revisions of a service.
    var isAtRest: Bool { !isPinned && instances.isEmpty && waiting.isEmpty && observers.isEmpty }

    var ready: [Int] { instances.indices.filter { instances[$0].phase == .ready } }
    var starting: Int { instances.count { $0.phase == .starting } }
    var bounds: ScalingBounds { blueprint.bounds.combined(with: serviceBounds) }

    // MARK: Requests

    /// A place in the preferred instance or in the next one in turn that has room; nil when none has.
    mutating func lease(preferring preferred: String? = nil) -> InstanceLease? {
        let open = instances.indices.filter {
            instances[$0].takesRequests && instances[$0].inFlight < blueprint.concurrency
        }
        guard !open.isEmpty else { return nil }
        turn = (turn + 1) % open.count
        let index = open.first { instances[$0].id == preferred } ?? open[turn]
        instances[index].inFlight += 1
        return InstanceLease(
            revision: name, instance: instances[index].id, host: instances[index].host, port: instances[index].port,
            usesHTTP2: blueprint.usesHTTP2)
    }

    mutating func finished(instance id: String, now: ContinuousClock.Instant) {
        usedAt = now
        guard let index = instances.firstIndex(where: { $0.id == id }) else { return }
        instances[index].inFlight = max(0, instances[index].inFlight - 1)
        if instances[index].inFlight == 0 { instances[index].idleSince = now }
    }

    /// Requests that have a place now, longest waiting first.
    mutating func served() -> [(Waiter, InstanceLease)] {
        var result: [(Waiter, InstanceLease)] = []
        while let first = waiting.first, let lease = lease(preferring: first.preferred) {
            result.append((waiting.removeFirst(), lease))
        }
        return result
    }

    /// Requests that have waited for longer than Cloud Run holds them: 10 seconds or 3.5 times a start, whichever is
    /// more (Cloud Run, "About instance autoscaling"). While an instance starts they wait on.
    mutating func overdue(now: ContinuousClock.Instant, patience: Duration) -> [Waiter] {
        guard starting == 0 else { return [] }
        let bound = max(patience, startupTime * 7 / 2)
        let result = waiting.filter { $0.since + bound <= now }
        if !result.isEmpty { waiting.removeAll { $0.since + bound <= now } }
        return result
    }

    // MARK: Scaling

    /// How many instances there should be without any request: one while the revision was needed lately.
    func desired(now: ContinuousClock.Instant, scaleToZero: Duration) -> Int {
        guard isPinned else { return 0 }
        let isRecent = usedAt + scaleToZero > now
        return max(bounds.minimum, isRecent && bounds.maximum > 0 ? 1 : 0)
    }

    /// How many more to start now: for the requests under way and waiting, within what is allowed.
    func missing(now: ContinuousClock.Instant, scaleToZero: Duration, limit: Int) -> Int {
        guard !isBackingOff(now: now) else { return 0 }
        let alive = instances.filter { $0.phase != .stopping }
        let able = alive.count { $0.phase == .starting || $0.takesRequests }
        let demand = alive.reduce(waiting.count) { $0 + $1.inFlight }
        let forLoad = (demand + blueprint.concurrency - 1) / blueprint.concurrency
        let maximum = min(bounds.maximum, limit)
        let wanted = max(forLoad, desired(now: now, scaleToZero: scaleToZero))
        return max(0, min(wanted - able, maximum - alive.count))
    }

    /// Instances that nobody needs any more: idle for long enough, above what is wanted.
    func superfluous(now: ContinuousClock.Instant, idleTimeout: Duration, scaleToZero: Duration) -> [String] {
        let ready = self.ready
        let idle = ready.filter { instances[$0].inFlight == 0 && instances[$0].idleSince + idleTimeout <= now }
        let wanted = desired(now: now, scaleToZero: scaleToZero)
        return idle.suffix(max(0, ready.count - wanted)).map { instances[$0].id }
    }

    // MARK: Failures

    mutating func setPhase(_ phase: Phase, of id: String) {
        guard let index = instances.firstIndex(where: { $0.id == id }) else { return }
        instances[index].phase = phase
    }

    /// Takes an instance that ended, or must end, out of service.
    mutating func fail(_ index: Int, now: ContinuousClock.Instant) {
        instances[index].phase = .stopping
        // One that ran for long enough starts the count anew.
        if let since = instances[index].readySince, since + .seconds(30) < now { failures = 0 }
        backOff(now: now)
    }

    /// No instance serves and none will soon: it has just crashed, cannot be started or may have none.
    func isStopped(now: ContinuousClock.Instant) -> Bool {
        guard ready.isEmpty, starting == 0 else { return false }
        return isBackingOff(now: now) || bounds.maximum == 0
    }

    /// After a crash or a failed start: 0.5 s, doubled each time, at most 30 s.
    mutating func backOff(now: ContinuousClock.Instant) {
        failures += 1
        backoffUntil = now + min(.milliseconds(500) * (1 << min(failures - 1, 6)), .seconds(30))
    }

    func isBackingOff(now: ContinuousClock.Instant) -> Bool {
        backoffUntil.map { $0 > now } ?? false
    }
}
