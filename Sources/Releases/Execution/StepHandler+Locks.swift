/// Step `lock`, and who has a service by now.
extension StepHandler {
    /// Takes again what the run had locked before it was cut, so that nothing is written, not even to the journal,
    /// without the right to. All or none; throws `conflict` when somebody else holds one of them by now.
    func takeLocksBack() async throws {
        do {
            var taken: Set<ServiceKey> = []
            while true {
                let progress = await journal.progress
                let missing = plan.services.filter {
                    progress.isBegun("lock:\($0.key)") && !taken.contains($0.key)
                }
                guard !missing.isEmpty else { return }
                for service in missing {
                    _ = try await acquire(service)
                    taken.insert(service.key)
                }
                // Whoever had them before may have gone on writing until just now.
                try await journal.reload()
            }
        } catch {
            await releaseLocks()
            throw error
        }
    }

    private func acquire(_ service: PlannedService) async throws -> LockTicket {
        // Held already, by a command that waited for it: a second ticket would make the first one worthless while
        // other steps still write with it.
        if let ticket = await held.ticket(of: service.key) {
            try await roles.lock.renew(ticket, lease: lease)
            await journal.raise(fencingToken: ticket.fencingToken)
            return ticket
        }
        let ticket = try await roles.lock.acquire(
            service: service.key, environment: plan.environment,
            holder: LockHolder(
                run: plan.run, who: plan.initiator, commit: plan.source?.commit, since: roles.now(),
                process: roles.process), lease: lease)
        await held.add(ticket)
        await journal.raise(fencingToken: ticket.fencingToken)
        return ticket
    }

    /// The services that another release has taken over since this run was cut: its traces are on the service, or a
    /// revision that this run does not know has traffic. What this run left there is history, and not to be put back.
    func overtakenServices() async throws -> [ServiceKey] {
        let progress = await journal.progress
        var overtaken: [ServiceKey] = []
        // Before the lock was taken nothing was touched, and the lock step itself looks whether the plan still holds.
        for service in plan.services where progress.state(of: "lock:\(service.key)").isComplete {
            let name = service.key
            guard let now = try await roles.platform.observe(service.identity) else { continue }
            if isOvertaken(service, now: now, progress) { overtaken.append(name) }
        }
        return overtaken
    }

    /// - Parameter isGoingBack: the step that asks is the way back's own, begun just now.
    func isOvertaken(
        _ service: PlannedService, now: ServiceObservation, _ progress: Progress, isGoingBack: Bool = false
    ) -> Bool {
        let name = service.key
        let before = progress.state(of: "lock:\(name)").output?.snapshot
        let last = now.annotations[ReleaseAnnotation.run]
        if let last, last != plan.run, last != before?.annotations[ReleaseAnnotation.run] { return true }
        var known = Set(before?.trafficStatuses.map(\.revision) ?? [])
        if let candidate = progress.latest(of: name, \.revision) { known.insert(candidate) }
        if case .reuse(let revision) = service.decision { known.insert(revision) }
        if isSplitByOthers(service, now: now, progress, isGoingBack: isGoingBack) { return true }
        // A first deploy that was cut before it learnt its revision's name: whatever serves behind closed doors is that.
        return !known.isEmpty && now.trafficStatuses.contains { $0.percent > 0 && !known.contains($0.revision) }
    }

    /// Nothing of this run is on its way, and yet the split is neither the one that it left nor the one to go back to.
    private func isSplitByOthers(
        _ service: PlannedService, now: ServiceObservation, _ progress: Progress, isGoingBack: Bool
    ) -> Bool {
        let name = service.key
        guard let before = progress.state(of: "lock:\(name)").output?.snapshot,
            let generation = progress.latest(of: name, \.generation), now.generation > generation,
            !progress.hasWriteInDoubt(of: name), progress.attempts["restore:\(name)"] ?? 0 <= (isGoingBack ? 1 : 0)
        else { return false }
        let left = progress.latest(of: name, \.traffic) ?? before.trafficStatuses
        let shares = TrafficPlan.shares(now.trafficStatuses)
        return shares != TrafficPlan.shares(left) && shares != TrafficPlan.shares(before.trafficStatuses)
    }

    func lock(_ service: PlannedService) async throws -> StepOutput {
        let name = service.key
        let ticket = try await acquire(service)
        // Who may call it was seen for the plan a moment ago, and is looked at again before traffic moves.
        let observation = try await observeAtRest(service, knownAccess: service.wasPublic)
        // A resumed run finds its own traces; only a fresh one compares with what the plan saw.
        let isFresh = await journal.progress.begun.allSatisfy { !$0.hasPrefix("candidate:") && !$0.hasPrefix("tag:") }
        let isAsPlanned =
            observation?.generation == service.generation && observation?.servingRevision == service.baseline
            && (service.wasPublic == nil || observation?.isPublic == service.wasPublic)
        if isFresh, !isAsPlanned {
            throw Failure(
                .conflict, "`\(name)` was changed by somebody else since the plan was made",
                details: [
                    .init("planned on", seen(service.generation, service.baseline, service.wasPublic)),
                    .init("now", seen(observation?.generation, observation?.servingRevision, observation?.isPublic)),
                ], hint: "stagectl status \(name.arguments), then deploy again")
        }
        var output = StepOutput()
        output.snapshot = observation
        // What is not there yet has had no change: whoever makes it meanwhile is noticed by that.
        output.generation = observation?.generation ?? 0
        output.fencingToken = ticket.fencingToken
        return output
    }

    private func seen(_ generation: Int64?, _ serving: String?, _ isPublic: Bool?) -> String {
        "generation \(generation ?? 0), \(serving ?? "nothing")" + (isPublic.map { $0 ? ", open" : ", closed" } ?? "")
    }

    /// What the way back goes back to should not be a moment in the middle of somebody's change. One that does not come
    /// to an end is not waited for: the next write replaces it.
    ///
    /// - Parameter generation: older looks than this one do not count; nil when there is no other in half a minute.
    func observeAtRest(
        _ service: PlannedService, since generation: Int64 = 0, knownAccess: Bool? = nil
    ) async throws -> ServiceObservation? {
        let end = roles.clock.now() + .seconds(30)
        while true {
            let observation = try await look(at: service, knownAccess: knownAccess)
            guard let observation else { return nil }
            let isOld = observation.generation < generation
            guard isOld || observation.reconciling, roles.clock.now() < end else { return isOld ? nil : observation }
            try await roles.clock.sleep(for: .milliseconds(250))
        }
    }

    /// Right before a write, and after the look that the write is decided on: whoever slept through its lease writes
    /// nothing any more. A sleep between this and the write is caught by the generation, which the next holder has
    /// raised as soon as it has written anything itself.
    func demandLock(of service: PlannedService) async throws {
        guard let ticket = await held.ticket(of: service.key) else { return }
        do {
            try await roles.lock.renew(ticket, lease: lease)
        } catch {
            if StepError(lifting: error).failure.category == .conflict {
                await journal.giveUp()
                throw error
            }
            // A full disk must not keep traffic where it does not belong, and still tells who has the lock.
            let holder = try? await roles.lock.holder(service: ticket.service, environment: ticket.environment)
            guard let holder, holder.run != plan.run else { return }
            await journal.giveUp()
            throw Failure(
                .conflict, "`\(ticket.service)` is locked by \(holder.who)", details: [.init("run", holder.run)],
                hint: "stagectl lock show --env \(ticket.environment)")
        }
    }

    /// Renews all leases until cancelled; returns why when one was lost.
    func keepLocks() async -> Failure? {
        await held.keep(with: roles.lock, lease: lease, clock: roles.clock)
    }

    func releaseLocks() async {
        // A lock that cannot be released runs out by itself.
        for ticket in await held.clear() { try? await roles.lock.release(ticket) }
    }
}
