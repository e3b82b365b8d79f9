import Configuration
import Releases

extension Session {
    /// How long a service may take to come to rest, before a change and after it.
    private static let restSeconds = 30

    /// Writes one split for each, under their locks, and reads it back until it is true.
    /// - Parameter decide: asked once all are locked and this one is at rest.
    func changeTraffic(
        of placements: [Placement], dryRun: Bool,
        _ decide: (ServiceObservation, [RevisionObservation]) throws -> [TrafficTarget]
    ) async throws -> CommandResult {
        let platform = try await platformAccess().platform
        return try await withLocks(of: placements, patience: .zero, dryRun: dryRun) { locked in
            var changes: [(placement: Placement, before: ServiceObservation, wanted: [TrafficTarget])] = []
            // Decided for all before one is changed.
            for placement in placements {
                // The look comes last, right before the write that it decides.
                let revisions = try await platform.revisions(of: placement.identity)
                let before =
                    dryRun ? try await observe(placement, on: platform) : try await atRest(placement, platform)
                let wanted = try decide(before, revisions)
                guard wanted.contains(where: { $0.percent > 0 }) else {
                    throw Failure(
                        .conflict, "nothing of `\(placement.key)` serves, so there is no split to ask for",
                        hint: "stagectl status \(placement.key.arguments)")
                }
                changes.append((placement, before, wanted))
            }
            var after: [ServiceObservation] = []
            for (placement, before, wanted) in changes {
                if before.asks(for: wanted), before.serves(wanted) {
                    after.append(before)
                } else if dryRun {
                    var planned = before
                    planned.traffic = wanted
                    planned.trafficStatuses = before.asServed(wanted)
                    after.append(planned)
                } else {
                    // Somebody may have taken a lock away meanwhile.
                    for ticket in await locked.held.tickets {
                        try await state().renew(ticket, lease: ReleaseExecutor.lease)
                    }
                    after.append(try await write(wanted, to: placement, over: before, platform))
                }
            }
            return try TrafficDocument.result(after, in: environment(), on: console)
        }
    }

    private func write(
        _ wanted: [TrafficTarget], to placement: Placement, over observation: ServiceObservation,
        _ platform: any Platform
    ) async throws -> ServiceObservation {
        let identity = placement.identity
        let change = ServiceChange(traffic: wanted, etag: observation.etag, generation: observation.generation)
        var details = [Failure.Detail("wanted", TrafficPlan.text(observation.asServed(wanted)))]
        var patience = Self.restSeconds
        var operation: OperationName?
        var doubt: Failure?
        do {
            operation = try await platform.update(identity, change: change)
        } catch let failure as Failure
            where failure.mayHaveHappened && failure.category == .unavailable && !Task.isCancelled
        {
            // It is not sent again: what became of it is seen on the service.
            doubt = failure
            patience = 10
        }
        do {
            if let operation,
                case .failed(_, let message) = try await platform.wait(for: operation, within: .seconds(120)).outcome
            {
                details.append(.init("Cloud Run", message))
                // What it says failed may have been done; only not long after.
                patience = 3
            }
        } catch let failure as Failure where !Task.isCancelled {
            // What became of the change is seen on the service, whatever became of the operation.
            details.append(.init("operation", failure.summary))
        }
        // A read may be older than the write.
        let after = try await poll(placement, platform, seconds: patience) { now in
            !now.reconciling && now.asks(for: wanted) && now.serves(wanted)
        }
        guard after.asks(for: wanted), after.serves(wanted) else {
            details.append(.init("served", TrafficPlan.text(after.trafficStatuses)))
            if var doubt {
                doubt.details += details
                throw doubt
            }
            throw Failure(
                .release, "the split of `\(placement.key)` is not what was asked for", details: details,
                hint: "stagectl traffic repair \(placement.key.arguments) asks for what is served")
        }
        return after
    }

    /// Throws `conflict` for a service that does not come to rest: a split that is decided on in the middle of
    /// somebody's change is a split of a moment.
    private func atRest(_ placement: Placement, _ platform: any Platform) async throws -> ServiceObservation {
        let now = try await poll(placement, platform) { !$0.reconciling }
        guard !now.reconciling else {
            throw Failure(
                .conflict, "`\(placement.key)` is being changed by somebody, for \(Self.restSeconds) s now",
                details: [.init("traffic", TrafficPlan.text(now.trafficStatuses))],
                hint: "wait for that, then again: stagectl status \(placement.key.arguments)")
        }
        return now
    }

    /// The last look, whether it was enough or the time was over.
    private func poll(
        _ placement: Placement, _ platform: any Platform, seconds: Int = restSeconds,
        until isEnough: (ServiceObservation) -> Bool
    ) async throws -> ServiceObservation {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var pause = Duration.milliseconds(50)
        while true {
            let now = try await observe(placement, on: platform)
            if isEnough(now) || clock.now >= end { return now }
            try await clock.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }

    private func observe(_ placement: Placement, on platform: any Platform) async throws -> ServiceObservation {
        guard let observation = try await platform.observe(placement.identity) else {
            throw Failure(
                .conflict, "`\(placement.key)` is not deployed", hint: "stagectl deploy \(placement.key.arguments)")
        }
        return observation
    }
}
