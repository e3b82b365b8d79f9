import Configuration
import Releases

extension Session {
    /// How long a service may take to come to rest, before a change and after it.
    private static let restSeconds = 30

    /// Writes one split under the service's lock, and reads it back until it is true.
    /// - Parameter decide: asked once the service is locked and at rest.
    func changeTraffic(
        of name: String, dryRun: Bool,
        _ decide: (ServiceObservation, [RevisionObservation]) throws -> [TrafficTarget]
    ) async throws -> CommandResult {
        let selected = try select([name], all: false)
        guard let service = selected.first else { throw Failure(.internalError, "no service was selected") }
        let platform = try await platformAccess().platform
        let identity = try identity(of: service)
        return try await withLocks(of: selected, patience: .zero, dryRun: dryRun) { locked in
            // The look comes last, right before the write that it decides.
            let revisions = try await platform.revisions(of: identity)
            let observation = dryRun ? try await observe(identity, on: platform) : try await atRest(identity, platform)
            let wanted = try decide(observation, revisions)
            guard wanted.contains(where: { $0.percent > 0 }) else {
                throw Failure(
                    .conflict, "nothing of `\(name)` serves, so there is no split to ask for",
                    hint: "stagectl status \(name)")
            }
            if observation.asks(for: wanted), observation.serves(wanted) {
                return TrafficDocument.result([observation], environment: environmentName)
            }
            if dryRun {
                var planned = observation
                planned.traffic = wanted
                planned.trafficStatuses = observation.asServed(wanted)
                return TrafficDocument.result([planned], environment: environmentName)
            }
            // Somebody may have taken the lock away meanwhile.
            for ticket in await locked.held.tickets {
                try await state().renew(ticket, lease: ReleaseExecutor.lease)
            }
            let after = try await write(wanted, over: observation, platform)
            return TrafficDocument.result([after], environment: environmentName)
        }
    }

    private func write(
        _ wanted: [TrafficTarget], over observation: ServiceObservation, _ platform: any Platform
    ) async throws -> ServiceObservation {
        let identity = observation.identity
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
        let after = try await poll(identity, platform, seconds: patience) { now in
            !now.reconciling && now.asks(for: wanted) && now.serves(wanted)
        }
        guard after.asks(for: wanted), after.serves(wanted) else {
            details.append(.init("served", TrafficPlan.text(after.trafficStatuses)))
            if var doubt {
                doubt.details += details
                throw doubt
            }
            throw Failure(
                .release, "the split of `\(identity.name)` is not what was asked for", details: details,
                hint: "stagectl traffic repair \(identity.name) asks for what is served")
        }
        return after
    }

    /// Throws `conflict` for a service that does not come to rest: a split that is decided on in the middle of
    /// somebody's change is a split of a moment.
    private func atRest(_ identity: ServiceIdentity, _ platform: any Platform) async throws -> ServiceObservation {
        let now = try await poll(identity, platform) { !$0.reconciling }
        guard !now.reconciling else {
            throw Failure(
                .conflict, "`\(identity.name)` is being changed by somebody, for \(Self.restSeconds) s now",
                details: [.init("traffic", TrafficPlan.text(now.trafficStatuses))],
                hint: "wait for that, then again: stagectl status \(identity.name)")
        }
        return now
    }

    /// The last look, whether it was enough or the time was over.
    private func poll(
        _ identity: ServiceIdentity, _ platform: any Platform, seconds: Int = restSeconds,
        until isEnough: (ServiceObservation) -> Bool
    ) async throws -> ServiceObservation {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var pause = Duration.milliseconds(50)
        while true {
            let now = try await observe(identity, on: platform)
            if isEnough(now) || clock.now >= end { return now }
            try await clock.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }

    private func observe(_ identity: ServiceIdentity, on platform: any Platform) async throws -> ServiceObservation {
        guard let observation = try await platform.observe(identity) else {
            throw Failure(
                .conflict, "`\(identity.name)` is not deployed", hint: "stagectl deploy \(identity.name)")
        }
        return observation
    }
}
