/// One liveness or readiness probe of a ready instance: when it is due, and what its attempts amount to.
struct ProbeWatch: Hashable, Sendable {
    enum Change: Hashable, Sendable {
        case none
        /// Liveness: the instance has to be replaced.
        case dead
        /// Readiness: it takes no requests any more, or again.
        case paused, resumed
    }

    let container: String
    let probe: Probe
    private(set) var due: ContinuousClock.Instant
    private(set) var isUnderWay = false
    private(set) var failures = 0
    /// Whether requests may be sent there, as far as this probe knows. One that has not answered yet counts as ready:
    /// the startup probe has just passed.
    private(set) var isPassing = true

    /// `start` is when the startup probe passed: until then all others are off.
    init(container: String, probe: Probe, start: ContinuousClock.Instant) {
        self.container = container
        self.probe = probe
        due = start + probe.initialDelay
    }

    func isDue(at now: ContinuousClock.Instant) -> Bool { !isUnderWay && due <= now }

    mutating func begin(at now: ContinuousClock.Instant) {
        isUnderWay = true
        due = now + probe.period
    }

    mutating func finish(passed: Bool) -> Change {
        isUnderWay = false
        if passed {
            failures = 0
            defer { isPassing = true }
            return isPassing ? .none : .resumed
        }
        failures += 1
        guard failures >= probe.failureThreshold else { return .none }
        if probe.role == .liveness { return .dead }
        defer { isPassing = false }
        return isPassing ? .paused : .none
    }

    /// What the log says after an attempt that was not just another success.
    func sentence(_ change: Change) -> String {
        let place = "for container \"\(container)\" on port \(probe.port)."
        guard change != .resumed else {
            return "\(probe.title) succeeded \(place) The instance takes requests again."
        }
        let times = "\(failures) \(failures == 1 ? "time" : "times") consecutively"
        let end =
            switch change {
            case .dead: " The instance has been shut down."
            case .paused: " The instance takes no requests until it succeeds."
            case .none, .resumed: ""
            }
        return "\(probe.title) failed \(times) \(place)\(end)"
    }
}
