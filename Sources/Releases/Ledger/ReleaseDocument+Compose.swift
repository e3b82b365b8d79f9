import Configuration

extension ReleaseDocument {
    /// The record of a run, from its plan, its journal and what is true at its end.
    package static func compose(
        plan: Plan, progress: Progress, observations: [ServiceKey: ServiceObservation], outcome: ReleaseOutcome,
        error: Failure?, finished: String
    ) -> ReleaseDocument {
        let overrides = plan.overrides.merging(progress.overrides) { $1 }
        let warnings = progress.begun.compactMap { progress.state(of: $0).output?.warning }
        var document = ReleaseDocument(
            run: plan.run, kind: plan.kind, environment: plan.environment, started: plan.created, finished: finished,
            initiator: plan.initiator, outcome: outcome,
            services: plan.services.map {
                service($0, plan, progress, observations[$0.key], release: outcome)
            },
            steps: steps(plan, progress), verdict: verdict(plan, progress, outcome), error: error,
            overrides: overrides.isEmpty ? nil : overrides)
        document.warnings = warnings.isEmpty ? nil : warnings
        document.infrastructure = progress.infrastructure(of: InfrastructureStep.id)
        return document
    }

    private static func service(
        _ planned: PlannedService, _ plan: Plan, _ progress: Progress, _ observation: ServiceObservation?,
        release: ReleaseOutcome
    ) -> ServiceResult {
        let key = planned.key
        var result = ServiceResult(
            service: planned.identity.name, region: planned.identity.region,
            outcome: outcome(of: planned, plan, progress, release: release))
        let candidate: String? =
            switch planned.decision {
            case .unchanged: nil
            case .reuse(let revision): revision
            case .deploy: progress.latest(of: key, \.revision)
            }
        result.candidate = candidate
        result.revision = observation?.servingRevision
        result.previousRevision = planned.decision == .unchanged ? nil : planned.baseline
        let image: ImageReference? =
            planned.decision == .deploy ? progress.latest(of: planned.imageKey, \.image) : nil
        result.image = image?.value ?? planned.image?.value
        result.imageReport = planned.decision == .deploy ? progress.latest(of: planned.imageKey, \.imageReport) : nil
        result.commit = planned.labels[ReleaseLabel.commit] ?? plan.source?.commit
        result.committed = plan.kind == .deploy && result.commit == plan.source?.commit ? plan.source?.committed : nil
        result.dirty = plan.kind == .deploy && planned.labels[ReleaseLabel.tree] == "dirty"
        result.promotedFrom = planned.promotion?.shown(at: plan.created)
        result.url = planned.placement.publicURL ?? observation?.url
        result.candidateUrl = progress.latest(of: key, \.candidateURL)
        result.traffic = (observation?.trafficStatuses ?? []).map {
            TrafficEntry(revision: $0.revision, percent: $0.percent, tag: $0.tag)
        }
        result.diagnosis = progress.latest(of: key, \.diagnosis)
        result.canary = progress.latest(of: key, \.canary)
        result.canary?.state = nil
        result.canary?.pairsBefore = nil
        result.servedSince = plan.kind == .deploy ? progress.movedTraffic(of: planned) : nil
        result.irreversibleMigration = progress.irreversibleMigration(of: planned)
        result.openConnections = progress.latest(of: key, \.openConnections)
        result.environmentOverrides = planned.overrides
        let succeeded = result.outcome == .promoted || (release == .rolledBack && plan.kind == .rollback)
        // A gate that was skipped or overridden witnessed nothing, so nobody should be sent back to it by itself.
        result.witnessedHealthy =
            succeeded && progress.state(of: "assert:\(key)").isComplete && plan.smokeSkipped == nil
            && plan.gateOverrides.isEmpty && result.canary?.decision != .inconclusive
        return result
    }

    /// All or none: what one service did to the release, the others share, but not what they themselves never did.
    private static func outcome(
        of planned: PlannedService, _ plan: Plan, _ progress: Progress, release: ReleaseOutcome
    ) -> ReleaseOutcome {
        if planned.decision == .unchanged { return .unchanged }
        if release != .unchanged, plan.finished(in: progress).contains(planned.key) {
            return progress.state(of: "assert:\(planned.key)").isComplete ? .promoted : .held
        }
        let undone: ReleaseOutcome =
            plan.kind == .deploy && progress.hasMovedTraffic(of: planned) ? .rolledBack : .failed
        let key = planned.key
        switch release {
        case .rolledBack where plan.kind == .deploy: return undone
        // One that could not be put back is no reason to call the others so.
        case .needsAttention where progress.undoing != nil:
            let isTouched = progress.begun.contains { step in
                step.hasSuffix(":\(key)") && plan.step(step)?.action.changesService == true
            }
            return !isTouched || progress.state(of: "restore:\(key)").isComplete ? undone : release
        case .promoted, .unchanged, .held, .rolledBack, .failed, .needsAttention: return release
        }
    }

    private static func steps(_ plan: Plan, _ progress: Progress) -> [StepResult] {
        let known = Set(plan.steps.map(\.id))
        let extra = progress.begun.filter { !known.contains($0) }
        let undone = Set(extra.filter { progress.state(of: $0).isComplete }.map { $0.dropFirst("restore:".count) })
        return (plan.steps.map(\.id) + extra).map { id in
            let service = id.split(separator: ":", maxSplits: 1).last ?? ""
            let reverted = undone.contains(service) && isReversible(id)
            switch progress.state(of: id) {
            case .notStarted: return StepResult(id: id, status: .notRun, seconds: 0)
            case .inDoubt: return StepResult(id: id, status: reverted ? .undone : .inDoubt, seconds: 0)
            case .done(let output, let seconds):
                return StepResult(
                    id: id, status: reverted ? .undone : .done, seconds: seconds, note: output.note)
            case .skipped(_, let reason): return StepResult(id: id, status: .skipped, seconds: 0, note: reason)
            case .held(let output, let reason):
                return StepResult(
                    id: id, status: reverted ? .undone : .held, seconds: 0, note: reason?.summary ?? output.note)
            case .failed(let failure, _, let seconds):
                return StepResult(id: id, status: .failed, seconds: seconds, note: failure.summary)
            }
        }
    }

    private static func isReversible(_ id: String) -> Bool {
        ["candidate:", "tag:", "traffic", "open:", "retire:", "record:"].contains { id.hasPrefix($0) }
    }

    /// Counts of all suites together. A gate that failed without running a check decides as well.
    private static func verdict(_ plan: Plan, _ progress: Progress, _ outcome: ReleaseOutcome) -> VerdictSummary {
        guard plan.kind != .prune else {
            return VerdictSummary(result: .incomplete, rule: "a prune verifies nothing", counts: [:])
        }
        let smokes = plan.steps.compactMap { progress.state(of: $0.id).output?.smoke?.verdict }
        var counts: [String: Int] = [:]
        for smoke in smokes { counts.merge(smoke.counts, uniquingKeysWith: +) }
        // An overridden smoke is not what ended it.
        if let worse = plan.steps.first(where: { $0.gate == "canary" && progress.state(of: $0.id).failure != nil }),
            let failure = progress.state(of: worse.id).failure
        {
            return VerdictSummary(
                result: .fail, rule: "step \(worse.id) failed: \(failure.summary)", counts: counts)
        }
        if let bad = smokes.first(where: { $0.result != .pass }) {
            return VerdictSummary(result: bad.result, rule: bad.rule, counts: counts)
        }
        for step in plan.steps {
            if case .failed(let failure, _, _) = progress.state(of: step.id) {
                return VerdictSummary(result: .fail, rule: "step \(step.id) failed: \(failure.summary)", counts: counts)
            }
        }
        if outcome == .promoted || outcome == .held, let held = standstill(plan, progress, counts) { return held }
        switch outcome {
        case .rolledBack where plan.kind == .deploy:
            return VerdictSummary(result: .fail, rule: "the release was undone", counts: counts)
        case .failed, .needsAttention:
            return VerdictSummary(result: .fail, rule: "the release was not completed", counts: counts)
        case .unchanged where plan.services.contains { $0.isForeign == true }:
            return VerdictSummary(
                result: .incomplete, rule: "nothing changed, and what serves was never verified by stagectl",
                counts: counts)
        case .unchanged:
            return VerdictSummary(
                result: .pass, rule: "nothing changed since the last verified release", counts: counts)
        case .promoted, .held, .rolledBack:
            break
        }
        if let reason = plan.smokeSkipped {
            return VerdictSummary(result: .incomplete, rule: "smoke was skipped: \(reason)", counts: counts)
        }
        if !plan.gateOverrides.isEmpty {
            let reasons = plan.gateOverrides.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
            return VerdictSummary(
                result: .incomplete, rule: "overridden: \(reasons.joined(separator: ", "))", counts: counts)
        }
        let rule = plan.kind == .infra ? "Terraform has carried out the plan" : "every gate passed"
        return VerdictSummary(result: .pass, rule: rule, counts: counts)
    }

    /// A canary that could not tell, whoever went on with it; or a release that waits for somebody.
    private static func standstill(_ plan: Plan, _ progress: Progress, _ counts: [String: Int]) -> VerdictSummary? {
        for step in plan.steps {
            guard let output = progress.state(of: step.id).output, let canary = output.canary,
                canary.decision == .inconclusive
            else { continue }
            let rule = "canary of \(step.service) is inconclusive: \(canary.rule)"
            return VerdictSummary(
                result: .inconclusive, rule: rule + (output.approval.map { "; resumed by \($0.by)" } ?? ""),
                counts: counts)
        }
        guard let held = progress.heldSteps.first else { return nil }
        return VerdictSummary(
            result: .incomplete, rule: "the release is held at step \(held), and not every gate has run", counts: counts
        )
    }
}
