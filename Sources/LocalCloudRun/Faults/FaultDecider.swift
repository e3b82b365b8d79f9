/// What happens to one subject: the sum of the rules that hit it.
struct FaultOutcome: Hashable, Sendable {
    enum Ending: Hashable, Sendable {
        case error(status: Int, message: String?, retryAfter: Int?)
        case reset
    }

    var latency = Duration.zero
    /// Of the first rule that has one.
    var ending: Ending?
    var operation: OperationFault?
    var staleReads: Duration?
    var readinessDelay = Duration.zero
    var crashAfterReady: Duration?
    var slowDataPlane: Duration?
}

/// The rules, and how often each has met an occasion. Pure: the same plan and the same subjects in the same order give
/// the same outcomes, on every machine.
struct FaultDecider: Hashable, Sendable {
    struct Count: Hashable, Sendable {
        /// Subjects that the rule covers.
        var occasions = 0
        var hits = 0
    }

    let plan: FaultPlan
    private(set) var counts: [Count]

    init(_ plan: FaultPlan) {
        self.plan = plan
        counts = Array(repeating: Count(), count: plan.rules.count)
    }

    mutating func decide(_ subject: FaultSubject) -> FaultOutcome {
        var outcome = FaultOutcome()
        for (index, rule) in plan.rules.enumerated() where rule.covers(subject) {
            let occasion = counts[index].occasions
            counts[index].occasions += 1
            guard occasion >= rule.skip, rule.times.map({ counts[index].hits < $0 }) ?? true,
                Self.chance(seed: plan.seed, rule: rule.id, occasion: occasion) < rule.percent
            else { continue }
            counts[index].hits += 1
            outcome.add(rule.effect)
        }
        return outcome
    }

    /// From 0 up to (not including) 100. Each rule has a sequence of its own, so that adding a rule changes no other.
    static func chance(seed: UInt64, rule: String, occasion: Int) -> Double {
        // FNV-1a over the name; then SplitMix64 (Steele, Lea, Flood 2014), whose n-th number needs no state.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in rule.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var mixed = (seed ^ hash) &+ (UInt64(truncatingIfNeeded: occasion) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return Double(mixed >> 11) / Double(1 << 53) * 100
    }
}

extension FaultOutcome {
    fileprivate mutating func add(_ effect: FaultEffect) {
        switch effect {
        case .latency(let duration): latency += duration
        case .error(let status, let message, let retryAfter):
            ending = ending ?? .error(status: status, message: message, retryAfter: retryAfter)
        case .reset: ending = ending ?? .reset
        case .operation(let fault): operation = operation ?? fault
        case .staleReads(let duration): staleReads = max(staleReads ?? .zero, duration)
        case .readinessDelay(let duration): readinessDelay += duration
        case .crashAfterReady(let duration): crashAfterReady = min(crashAfterReady ?? duration, duration)
        case .slowDataPlane(let duration): slowDataPlane = max(slowDataPlane ?? .zero, duration)
        }
    }
}
