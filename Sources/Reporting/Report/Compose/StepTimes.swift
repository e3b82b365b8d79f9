import Configuration
import Releases
import Verification

/// When each step of a run ran, and how traffic moved meanwhile.
struct StepTimes {
    private(set) var steps: [ReportedStep] = []
    private(set) var traffic: [TrafficMoment] = []

    /// A journal's moments are whole seconds. Within its second, a step begins when the last one ended that it needs.
    init(_ source: ReportSource, _ progress: Progress) {
        guard let release = source.release else { return }
        guard let plan = source.plan, let origin = MomentText.milliseconds(plan.created).map({ Double($0) / 1000 })
        else {
            steps = release.steps.map {
                ReportedStep(id: $0.id, status: $0.status, start: nil, seconds: $0.seconds, note: $0.note)
            }
            return
        }
        var begun: [String: Double] = [:]
        var ended: [String: Double] = [:]
        for entry in source.entries {
            guard let moment = MomentText.milliseconds(entry.time).map({ Double($0) / 1000 - origin }) else { continue }
            switch entry.event {
            case .intent(let step) where begun[step] == nil: begun[step] = moment
            case .outcome(let step, let outcome):
                ended[step] = moment
                note(outcome, of: step, at: moment)
            default: break
            }
        }
        var finish: [String: Double] = [:]
        for step in release.steps {
            let needed = plan.step(step.id)?.needs.compactMap { finish[$0] }.max() ?? 0
            let start = begun[step.id].map { max(0, min(max($0, needed), $0 + 1)) }
            if let start { finish[step.id] = start + step.seconds }
            steps.append(
                ReportedStep(
                    id: step.id, status: step.status, start: start, seconds: step.seconds, note: step.note))
        }
    }

    private mutating func note(_ outcome: StepOutcome, of step: String, at moment: Double) {
        guard case .done(let output, _) = outcome, let parts = step.split(separator: ":", maxSplits: 1).last else {
            return
        }
        let shares = output.snapshot?.trafficStatuses ?? output.traffic
        guard let shares, !shares.isEmpty else { return }
        let service = String(parts)
        let entries = shares.filter { $0.percent > 0 }.map {
            TrafficEntry(revision: $0.revision, percent: $0.percent, tag: $0.tag)
        }
        if let last = traffic.last(where: { $0.service == service }),
            last.shares.map(\.revision) == entries.map(\.revision),
            last.shares.map(\.percent) == entries.map(\.percent)
        {
            return
        }
        traffic.append(TrafficMoment(service: service, at: max(0, moment), shares: entries))
    }
}

extension TimeAnalysis {
    init(_ release: ReleaseDocument?, _ found: FoundChecks, _ steps: StepTimes) {
        if let release, let start = MomentText.milliseconds(release.started),
            let end = release.finished.flatMap(MomentText.milliseconds)
        {
            totalSeconds = max(0, Double(end - start) / 1000)
        }
        var seconds: [String: (seconds: Double, steps: Int)] = [:]
        var order: [String] = []
        for step in steps.steps where step.seconds > 0 {
            let verb = String(step.id.prefix { $0 != ":" })
            if seconds[verb] == nil { order.append(verb) }
            let known = seconds[verb] ?? (0, 0)
            seconds[verb] = (known.seconds + step.seconds, known.steps + 1)
        }
        phases = order.map { Phase(name: $0, seconds: seconds[$0]?.seconds ?? 0, steps: seconds[$0]?.steps ?? 0) }
        let ran = found.checks.filter { $0.status.hasRun }
        checkWorkSeconds = ran.reduce(0) { $0 + $1.milliseconds } / 1000
        averageCheckMilliseconds = ran.isEmpty ? nil : checkWorkSeconds * 1000 / Double(ran.count)
        if let window = found.window {
            let length = window.upperBound - window.lowerBound
            checkSeconds = length
            if length > 0 { checksPerMinute = Double(ran.count) / length * 60 }
        }
        if release == nil { totalSeconds = checkSeconds }
    }
}
