import Configuration

/// The steps of one service from the lock on, the same for a deploy, a reuse and a rollback.
enum ReleaseSteps {
    /// For taking a lock and looking again. Whoever wants to wait for one does so before planning.
    static let lockSeconds = 60

    static func afterLock(
        _ planned: PlannedService, needs: [String], priorities: [String], skipsSmoke: Bool, noTraffic: Bool,
        pauseAt: Int? = nil, migrates: Bool = true, hooks: [Hook] = []
    ) -> [Step] {
        var steps = StepChain(of: planned.key, needs: needs)
        switch planned.decision {
        case .unchanged:
            return []
        case .deploy:
            add(hooks, at: .beforeCandidate, to: &steps)
            if let migration = planned.service.migration, migrates {
                let attempts = migration.retries + 1
                steps.add("migrate", .migrate, seconds: migration.timeoutSeconds * attempts + 300)
            }
            steps.add("candidate", .candidate, seconds: 60)
            // Cloud Run's startup budget is 240 s of probes after at most 240 s of delay; boots of minutes are real.
            steps.add("ready", .ready, seconds: 600)
            steps.add("tag", .tag(revision: nil), seconds: 120)
        case .reuse(let revision):
            steps.add("tag", .tag(revision: revision), seconds: 120)
        }
        steps.add("health", .health, seconds: healthSeconds(planned))
        if !planned.service.suites.isEmpty, !skipsSmoke {
            steps.add("smoke", .smoke(priorities: priorities), seconds: 1800)
        }
        guard !noTraffic else { return steps.steps }
        if planned.isFirst {
            addFirst(planned, pauseAt: pauseAt, hooks, to: &steps)
        } else {
            addShifts(planned, pauseAt: pauseAt, hooks, to: &steps)
        }
        steps.add("assert", .assertTraffic(percent: 100), seconds: healthSeconds(planned))
        add(hooks, at: .afterTraffic, to: &steps)
        addCutover(planned, to: &steps)
        steps.add("record", .record, seconds: 60)
        return steps.steps
    }

    private static func healthSeconds(_ planned: PlannedService) -> Int { planned.service.health.windowSeconds + 30 }

    /// Nothing serves yet that could be compared with, or that traffic could move from.
    private static func addFirst(
        _ planned: PlannedService, pauseAt: Int?, _ hooks: [Hook], to steps: inout StepChain
    ) {
        if let strategy = planned.service.strategy, strategy.kind == .canary {
            let analysis = AnalysisStep(
                percent: 0, pairs: strategy.analysis.profile.maximumPairs, pauseSeconds: 0, isLast: true,
                pairsPerSecond: strategy.analysis.pairsPerSecond)
            steps.add("canary", .analyse(analysis), seconds: analysis.patienceSeconds + 30)
        }
        if let pauseAt { steps.add("hold-at-\(pauseAt)", .hold(percent: pauseAt), seconds: 60) }
        add(hooks, at: .beforeTraffic, to: &steps)
        steps.add("traffic", .shift(percent: 100), seconds: 120)
        if planned.service.isPublic { steps.add("open", .open, seconds: 60) }
    }

    private static func addShifts(
        _ planned: PlannedService, pauseAt: Int?, _ hooks: [Hook], to steps: inout StepChain
    ) {
        for stop in TrafficSchedule(of: planned, pauseAt: pauseAt).stops {
            if stop.percent > 0 {
                if !steps.movesTraffic { add(hooks, at: .beforeTraffic, to: &steps) }
                steps.add("traffic-\(stop.percent)", .shift(percent: stop.percent), seconds: 120)
                if let analysis = stop.analysis {
                    steps.add(
                        "canary-at-\(stop.percent)", .analyse(analysis), seconds: analysis.patienceSeconds + 30)
                } else {
                    steps.add("health-at-\(stop.percent)", .health, seconds: healthSeconds(planned))
                }
            }
            if stop.isHeld { steps.add("hold-at-\(stop.percent)", .hold(percent: stop.percent), seconds: 60) }
        }
        if !steps.movesTraffic { add(hooks, at: .beforeTraffic, to: &steps) }
        steps.add("traffic", .shift(percent: 100), seconds: 120)
    }

    private static func add(_ hooks: [Hook], at moment: Hook.Moment, to steps: inout StepChain) {
        for hook in hooks where hook.moments.contains(moment) {
            // The command's own time ends it before the step's does.
            steps.add(
                "\(moment.rawValue)-\(hook.name)", .hook(hook, at: moment), seconds: hook.timeoutSeconds + 30)
        }
    }

    /// What becomes of the old revision once nobody is sent to it any more.
    private static func addCutover(_ planned: PlannedService, to steps: inout StepChain) {
        guard !planned.isFirst, let strategy = planned.service.strategy else { return }
        if strategy.kind == .blueGreen, planned.baselineTag != nil, strategy.keepSeconds > 0 {
            steps.add(
                "keep", .keep(seconds: strategy.keepSeconds), seconds: strategy.keepSeconds + healthSeconds(planned))
        }
        steps.add("drain", .drain(seconds: strategy.drainSeconds), seconds: strategy.drainSeconds + 60)
        if strategy.kind == .blueGreen, planned.baselineTag != nil { steps.add("retire", .retire, seconds: 120) }
    }

    /// The steps of one service in its regions. Its traffic moves in none of them before its candidates have passed in
    /// all: what one region finds out no caller of another one meets. From there on the regions move at the same time.
    static func together(_ regions: [[Step]]) -> [Step] {
        var gates: [Step] = []
        var moves: [[Step]] = []
        // One database, whichever region is first.
        let migration = regions.first?.first { $0.action == .migrate }?.id
        for (index, steps) in regions.enumerated() {
            var steps = steps
            if let migration, index > 0, !steps.isEmpty { steps[0].needs.append(migration) }
            let cut = steps.firstIndex { $0.action.movesTraffic } ?? steps.endIndex
            gates += steps[..<cut]
            if cut < steps.endIndex { moves.append(Array(steps[cut...])) }
        }
        let passed = moves.flatMap { $0[0].needs }
        return gates
            + moves.flatMap { steps in
                var steps = steps
                steps[0].needs += passed.filter { !steps[0].needs.contains($0) }
                return steps
            }
    }
}

/// Steps of one service, each needing the one before.
struct StepChain {
    private let key: ServiceKey
    private let needs: [String]
    private(set) var steps: [Step] = []

    var movesTraffic: Bool { steps.contains(where: \.action.movesTraffic) }

    init(of key: ServiceKey, needs: [String]) {
        self.key = key
        self.needs = needs
    }

    mutating func add(_ verb: String, _ action: Action, seconds: Int) {
        steps.append(
            Step(
                "\(verb):\(key)", service: key, action: action, needs: steps.last.map { [$0.id] } ?? needs,
                deadlineSeconds: seconds))
    }
}
