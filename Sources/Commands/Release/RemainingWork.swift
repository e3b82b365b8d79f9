import JSON
import Releases
import Reporting

/// What `resume` or `abort` would do with a run, from its plan and its journal alone.
struct RemainingWork {
    enum Direction { case forward, back }

    private let plan: Plan
    private let progress: Progress
    private let direction: Direction

    /// A run that was going back goes on doing that, whatever is asked.
    init(_ direction: Direction, of plan: Plan, entries: [JournalEntry]) {
        self.plan = plan
        progress = Progress(replaying: entries)
        self.direction = progress.undoing == nil ? direction : .back
    }

    var result: CommandResult {
        var emptied = plan
        emptied.steps = direction == .forward ? stepsLeft : []
        var document = ReleaseJSON.plan(emptied)
        document["run"] = .string(plan.run)
        if direction == .back {
            document["steps"] = .array(
                servicesToRestore.map {
                    [
                        "id": .string("restore:\($0)"), "service": .string($0.service), "region": region(of: $0),
                        "needs": [], "deadlineSeconds": 120, "note": .string(goal(of: $0)),
                    ]
                })
        }
        // Whatever is left, the run gets its end.
        document["changes"] = true
        return CommandResult(document, text: text)
    }

    /// What would be done, and why it would not be.
    func result(refusedFor failure: Failure) -> CommandResult {
        var document = result.document
        document["error"] = ReleaseJSON.failure(failure)
        return CommandResult(document, text: text, status: ExitStatus(failure), failure: failure)
    }

    private var text: String {
        switch direction {
        case .forward:
            guard !stepsLeft.isEmpty else { return "run \(plan.run) would be closed: every step is done" }
            let lines = stepsLeft.map { step in
                let isInDoubt = progress.isBegun(step.id) && !progress.state(of: step.id).isComplete
                return "  \(step.id)" + (isInDoubt ? "   begun before: looked at, then finished" : "")
            }
            return (["run \(plan.run) would go on with these steps:"] + lines).joined(separator: "\n")
        case .back:
            // Nothing undoes what Terraform has made.
            let kept =
                progress.isBegun(InfrastructureStep.id)
                ? ["what its apply has done stays, and is said once Terraform has ended"] : []
            guard !servicesToRestore.isEmpty else {
                let head = "run \(plan.run) would be closed: it has touched no\(kept.isEmpty ? "thing" : " service")"
                return ([head] + kept).joined(separator: "; ")
            }
            let lines = servicesToRestore.map { "  restore:\($0)   \(SafeText.line(goal(of: $0)))" }
            let title = "run \(plan.run) would be undone, where nobody else has changed the service since:"
            return ([title] + lines + kept).joined(separator: "\n")
        }
    }

    /// As the executor goes on: what is not complete, and what was true before the run was cut but need not be now.
    private var stepsLeft: [Step] {
        let finished = plan.finished(in: progress)
        let left = plan.steps.filter { step in
            !progress.state(of: step.id).isComplete
                || (step.action.isLookedAtAgain && !finished.contains(step.service))
        }
        let names = Set(left.map(\.id))
        return left.map { step in
            var step = step
            step.needs.removeAll { !names.contains($0) }
            return step
        }
    }

    /// Last touched first. Building, waiting and measuring touch nothing.
    private var servicesToRestore: [ServiceKey] {
        var seen = plan.finished(in: progress)
        return progress.begun.reversed().compactMap { id in
            guard let service = plan.step(id)?.service, let action = plan.step(id)?.action, action.changesService,
                !progress.state(of: "restore:\(service)").isComplete, seen.insert(service).inserted
            else { return nil }
            return service
        }
    }

    private func region(of service: ServiceKey) -> JSONValue {
        plan.service(service).map { .string($0.identity.region) } ?? .null
    }

    private func goal(of service: ServiceKey) -> String {
        let before = progress.state(of: "lock:\(service)").output?.snapshot?.trafficStatuses ?? []
        return before.isEmpty
            ? "first deploy: left closed, nothing to go back to" : "traffic as before: \(TrafficPlan.text(before))"
    }
}
