import Configuration

/// The steps of one service from the lock on, the same for a deploy, a reuse and a rollback.
enum ReleaseSteps {
    /// For taking a lock and looking again. Whoever wants to wait for one does so before planning.
    static let lockSeconds = 60

    static func afterLock(
        _ planned: PlannedService, needs: [String], priorities: [String], skipsSmoke: Bool, noTraffic: Bool
    ) -> [Step] {
        let key = planned.key
        var steps: [Step] = []
        func add(_ verb: String, _ action: Action, seconds: Int) {
            let id = "\(verb):\(key)"
            steps.append(
                Step(
                    id, service: key, action: action, needs: steps.last.map { [$0.id] } ?? needs,
                    deadlineSeconds: seconds))
        }
        switch planned.decision {
        case .unchanged:
            return []
        case .deploy:
            add("candidate", .candidate, seconds: 60)
            // Cloud Run's startup budget is 240 s of probes after at most 240 s of delay; boots of minutes are real.
            add("ready", .ready, seconds: 600)
            add("tag", .tag(revision: nil), seconds: 120)
        case .reuse(let revision):
            add("tag", .tag(revision: revision), seconds: 120)
        }
        add("health", .health, seconds: planned.service.health.windowSeconds + 30)
        if !planned.service.suites.isEmpty, !skipsSmoke {
            add("smoke", .smoke(priorities: priorities), seconds: 1800)
        }
        guard !noTraffic else { return steps }
        if planned.isFirst {
            add("traffic", .shift(percent: 100), seconds: 120)
            if planned.service.isPublic { add("open", .open, seconds: 60) }
        } else {
            for percent in planned.service.traffic.steps.dropLast() {
                add("traffic-\(percent)", .shift(percent: percent), seconds: 120)
                add("health-at-\(percent)", .health, seconds: planned.service.health.windowSeconds + 30)
            }
            add("traffic", .shift(percent: 100), seconds: 120)
        }
        add("assert", .assertTraffic(percent: 100), seconds: planned.service.health.windowSeconds + 30)
        add("record", .record, seconds: 60)
        return steps
    }

    /// The steps of one service in its regions. Its traffic moves in none of them before its candidates have passed in
    /// all: what one region finds out no caller of another one meets. From there on the regions move at the same time.
    static func together(_ regions: [[Step]]) -> [Step] {
        var gates: [Step] = []
        var moves: [[Step]] = []
        for steps in regions {
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
