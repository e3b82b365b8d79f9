/// The way back of one service, from whatever this run has made of it.
extension StepHandler {
    /// The services whose traffic, tags or access this run may have changed, last touched first.
    func touchedServices(_ progress: Progress) -> [ServiceKey] {
        var seen: Set<ServiceKey> = []
        return progress.begun.reversed().compactMap { id in
            guard let step = plan.step(id), step.action.changesService, seen.insert(step.service).inserted else {
                return nil
            }
            return step.service
        }
    }

    /// Whether it was moved for any of the other services.
    func hadMovedTraffic(_ progress: Progress, except finished: Set<ServiceKey>) -> Bool {
        plan.services.contains { !finished.contains($0.key) && progress.hasMovedTraffic(of: $0) }
    }

    func restore(_ name: ServiceKey) async throws -> StepOutput {
        guard let service = plan.service(name) else { return StepOutput() }
        // Traffic that is where it should not be waits for no look that was taken a moment ago.
        let isInDoubt = await journal.progress.hasWriteInDoubt(of: name)
        guard !isInDoubt, let remembered = looks.recent(service.identity) else {
            return try await restore(service, remembered: nil)
        }
        do {
            return try await restore(service, remembered: remembered)
        } catch {
            let failure = StepError(lifting: error).failure
            guard failure.category == .conflict, !failure.mayHaveHappened else { throw error }
            // Somebody wrote since that look, and nothing was written over it: what they did decides now.
            return try await restore(service, remembered: nil)
        }
    }

    private func restore(_ service: PlannedService, remembered: ServiceObservation?) async throws -> StepOutput {
        var output = StepOutput()
        let name = service.key
        let progress = await journal.progress
        // A read may be older than what this run has written, and would look as if there were nothing to take back.
        let known = await generation(of: service) ?? 0
        guard let first = if let remembered { remembered } else { try await look(at: service) } else {
            output.note = "it was never created"
            return output
        }
        let now = first.generation >= known ? first : try await poll(service) { $0.generation >= known }
        guard !isOvertaken(service, now: now, progress, isGoingBack: true) else {
            output.note = "left as it is: somebody else has changed it since"
            output.isLeftToOthers = true
            output.traffic = now.trafficStatuses
            return output
        }
        try await demandLock(of: service)
        if service.isFirst, now.isPublic || progress.isBegun("open:\(name)") {
            try await roles.platform.setPublic(false, of: service.identity)
            looks.hasChangedAccess(of: service.identity, to: false)
        }
        let goal = await goal(for: service, now: now)
        let isInDoubt =
            goal.traffic == nil ? progress.isInDoubt("record:\(name)") : progress.hasWriteInDoubt(of: name)
        var after = now
        if !goal.isReached(in: now) || isInDoubt {
            looks.forget(service.identity)
            let operation = try await roles.platform.update(
                service.identity,
                change: ServiceChange(
                    traffic: goal.targets,
                    annotations: isInDoubt || now.annotations != goal.annotations ? goal.annotations : nil,
                    etag: now.etag, generation: now.generation))
            try await journal.write(.operation(step: "restore:\(name)", name: operation))
            // How the operation ends matters less than what is true afterwards: the template is still the bad one.
            _ = try await roles.platform.wait(for: operation, within: .seconds(90))
            // An earlier write of this run may still be on its way.
            after = try await observeAtRest(service, since: now.generation) ?? now
        }
        output.traffic = after.trafficStatuses
        try demand(goal, of: name, in: after, output)
        output.note =
            switch goal.traffic {
            case nil: "first deploy: left closed, nothing to go back to"
            case .some where service.isFirst: "left closed"
            case .some: "traffic as before: \(TrafficPlan.text(after.trafficStatuses))"
            }
        return output
    }

    private func goal(for service: PlannedService, now: ServiceObservation) async -> RestoredState {
        let before = await snapshot(service)
        // Only what this run writes: a note that somebody has left there meanwhile stays.
        var annotations = now.annotations
        for key in ReleaseAnnotation.all { annotations[key] = before?.annotations[key] }
        var traffic: [TrafficShare]?
        if let before, !before.trafficStatuses.isEmpty {
            // A tag that somebody has set meanwhile is not this run's to take away.
            traffic = TrafficPlan.restored(before.trafficStatuses, own: service.tag, now: now.trafficStatuses)
        }
        return RestoredState(traffic: traffic, annotations: annotations)
    }

    private func demand(
        _ goal: RestoredState, of name: ServiceKey, in after: ServiceObservation, _ output: StepOutput
    ) throws(StepError) {
        guard !goal.isTrue(in: after) else { return }
        var details = [Failure.Detail("now", TrafficPlan.text(after.trafficStatuses))]
        if let traffic = goal.traffic { details.insert(.init("before", TrafficPlan.text(traffic)), at: 0) }
        throw StepError(
            Failure(
                .needsAttention, "traffic of `\(name)` is not what it was before", details: details,
                hint: "stagectl traffic repair \(name.arguments)"), output: output)
    }
}

/// What a service is to be again.
struct RestoredState: Hashable, Sendable {
    /// Nil where nothing served before.
    var traffic: [TrafficShare]?
    var annotations: [String: String]

    /// By name, never "latest": the latest ready revision may be the candidate that has just failed.
    var targets: [TrafficTarget]? { traffic.map(TrafficPlan.pinned) }

    /// Asked for, and true.
    func isReached(in service: ServiceObservation) -> Bool {
        guard service.annotations == annotations else { return false }
        guard let targets else { return true }
        return service.traffic == targets && TrafficPlan.pinned(service.trafficStatuses) == targets
    }

    /// True, however it is spelt.
    func isTrue(in service: ServiceObservation) -> Bool {
        let isAsBefore = ReleaseAnnotation.all.allSatisfy { service.annotations[$0] == annotations[$0] }
        return isAsBefore && (traffic.map { TrafficPlan.same(service.trafficStatuses, $0) } ?? true)
    }
}
