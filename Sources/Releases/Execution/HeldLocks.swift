/// The leases that this run holds.
actor HeldLocks {
    private(set) var tickets: [LockTicket]

    init(_ tickets: [LockTicket] = []) { self.tickets = tickets }

    func add(_ ticket: LockTicket) {
        tickets.removeAll { $0.service == ticket.service }
        tickets.append(ticket)
    }

    func clear() -> [LockTicket] {
        defer { tickets = [] }
        return tickets
    }
}

extension StepHandler {
    /// Takes again what the run had locked before it was cut, so that nothing is written, not even to the journal,
    /// without the right to. All or none; throws `conflict` when somebody else holds one of them by now.
    func takeLocksBack() async throws {
        let progress = await journal.progress
        do {
            for service in plan.services where progress.isBegun("lock:\(service.identity.name)") {
                _ = try await acquire(service)
            }
        } catch {
            await releaseLocks()
            throw error
        }
    }

    private func acquire(_ service: PlannedService) async throws -> LockTicket {
        let ticket = try await roles.lock.acquire(
            service: service.identity.name, environment: plan.environment,
            holder: LockHolder(
                run: plan.run, who: plan.initiator, commit: plan.source?.commit, since: roles.now(),
                process: roles.process), lease: lease)
        await held.add(ticket)
        await journal.raise(fencingToken: ticket.fencingToken)
        return ticket
    }

    /// The services that another release has taken over since this run was cut: its traces are on the service, or a
    /// revision that this run does not know has traffic. What this run left there is history, and not to be put back.
    func overtakenServices() async throws -> [String] {
        let progress = await journal.progress
        var overtaken: [String] = []
        // Before the lock was taken nothing was touched, and the lock step itself looks whether the plan still holds.
        for service in plan.services where progress.state(of: "lock:\(service.identity.name)").isComplete {
            let name = service.identity.name
            guard let now = try await roles.platform.observe(service.identity) else { continue }
            let before = await snapshot(service)
            let last = now.annotations[ReleaseAnnotation.run]
            if let last, last != plan.run, last != before?.annotations[ReleaseAnnotation.run] {
                overtaken.append(name)
                continue
            }
            guard let before, !before.trafficStatuses.isEmpty else { continue }
            var known = Set(before.trafficStatuses.map(\.revision))
            if let candidate = progress.latest(of: name, \.revision) { known.insert(candidate) }
            if case .reuse(let revision) = service.decision { known.insert(revision) }
            if now.trafficStatuses.contains(where: { $0.percent > 0 && !known.contains($0.revision) }) {
                overtaken.append(name)
            }
        }
        return overtaken
    }

    func lock(_ service: PlannedService) async throws -> StepOutput {
        let name = service.identity.name
        let ticket = try await acquire(service)
        let observation = try await roles.platform.observe(service.identity)
        // A resumed run finds its own traces; only a fresh one compares with what the plan saw.
        let isFresh = await journal.progress.begun.allSatisfy { !$0.hasPrefix("candidate:") && !$0.hasPrefix("tag:") }
        if isFresh, observation?.generation != service.generation || observation?.servingRevision != service.baseline {
            throw Failure(
                .conflict, "`\(name)` was changed by somebody else since the plan was made",
                details: [
                    .init("planned on", "generation \(service.generation ?? 0), \(service.baseline ?? "nothing")"),
                    .init(
                        "now",
                        "generation \(observation?.generation ?? 0), \(observation?.servingRevision ?? "nothing")"),
                ], hint: "stagectl status \(name), then deploy again")
        }
        var output = StepOutput()
        output.snapshot = observation
        output.fencingToken = ticket.fencingToken
        return output
    }

    /// Renews all leases until cancelled; returns why when one was lost.
    func keepLocks() async -> Failure? {
        while !Task.isCancelled {
            do { try await ContinuousClock().sleep(for: lease / 3) } catch { return nil }
            for ticket in await held.tickets {
                do {
                    try await roles.lock.renew(ticket, lease: lease)
                } catch {
                    return StepError(lifting: error).failure
                }
            }
        }
        return nil
    }

    func releaseLocks() async {
        // A lock that cannot be released runs out by itself.
        for ticket in await held.clear() { try? await roles.lock.release(ticket) }
    }
}
