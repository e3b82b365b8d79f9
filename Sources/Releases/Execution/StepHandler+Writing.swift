/// How a service is read and written: never over what somebody else has changed.
///
/// Cloud Run may not enforce etags (the v2 API accepted stale ones), so the run counts itself: every write of its own
/// raises the service's generation by one, and whatever else raised it was not this run.
extension StepHandler {
    /// Reads the service; nil when there is none.
    func look(at service: PlannedService, knownAccess: Bool? = nil) async throws -> ServiceObservation? {
        let asked = roles.clock.now()
        let observation = try await roles.platform.observe(service.identity, knownAccess: knownAccess)
        if let observation { looks.keep(observation, asked: asked) } else { looks.forget(service.identity) }
        return observation
    }

    /// Reads the service, which must exist by now.
    func observe(_ service: PlannedService, knownAccess: Bool? = nil) async throws -> ServiceObservation {
        guard let observation = try await look(at: service, knownAccess: knownAccess) else {
            throw Failure(
                .conflict, "service `\(service.key)` is gone",
                hint: "stagectl status \(service.key.arguments)")
        }
        return observation
    }

    /// The service as this run left it, to base a write on. Throws `conflict` when somebody else has written since.
    ///
    /// - Parameters:
    ///   - step: the one that is going to write, and its `state` before this attempt.
    ///   - remembers: whether a look of a moment ago will do; never for a step in doubt.
    ///   - knownAccess: whether anybody may call the service, where that is proved; nil has it looked up.
    ///   - isWritten: whether this is what that step writes: an attempt that was cut may have come so far.
    func observeOwn(
        _ service: PlannedService, step: Step, state: Progress.StepState, remembers: Bool = true,
        knownAccess: Bool? = nil, isWritten: @Sendable (ServiceObservation) async throws -> Bool
    ) async throws -> (observation: ServiceObservation, isWritten: Bool) {
        var isInDoubt = false
        switch state {
        case .inDoubt: isInDoubt = true
        // Of an attempt before this one, in a run that was taken up.
        case .failed(let failure, _, _): isInDoubt = failure.mayHaveHappened
        case .notStarted, .done, .skipped, .held: break
        }
        // Nil in journals of versions that did not count.
        let known = await generation(of: service)
        // What a cut attempt has asked for may still be on its way, and a read may be older than the last write.
        let now = try await poll(
            service, remembers: remembers && !isInDoubt, knownAccess: isInDoubt ? nil : knownAccess
        ) {
            $0.generation >= known ?? 0 && !(isInDoubt && $0.reconciling)
        }
        if isInDoubt, isOvertaken(service, now: now, await journal.progress) {
            throw changed(service, since: known ?? 0, now)
        }
        let isWritten = isInDoubt ? try await isWritten(now) : false
        // Each attempt that was cut can have written once; this one has not yet.
        let cut = Int64((await journal.progress.attempts[step.id] ?? 1) - 1)
        if let known { try demand(now, of: service, at: known, orUpTo: isWritten ? known + cut : known) }
        // Access has no part in the generation.
        if isClosedByOthers(service, now) { throw closed(service) }
        return (now, isWritten)
    }

    /// What was open to everybody when the plan was made is so no more.
    func isClosedByOthers(_ service: PlannedService, _ now: ServiceObservation) -> Bool {
        service.wasPublic == true && !service.isFirst && !now.isPublic
    }

    func closed(_ service: PlannedService) -> Failure {
        Failure(
            .conflict, "`\(service.key)` was closed by somebody else during this release",
            hint: "stagectl status \(service.key.arguments), then deploy again")
    }

    /// Writes, journals the operation's name before waiting, and reads back. Throws `conflict` when the service is more
    /// than one generation further: then somebody else has written at the same time.
    func write(_ change: ServiceChange, to service: PlannedService, step: String) async throws -> ServiceObservation {
        try await demandLock(of: service)
        looks.forget(service.identity)
        let operation = try await roles.platform.update(service.identity, change: change)
        do {
            try await journal.write(.operation(step: step, name: operation))
        } catch {
            // The platform has taken the write, whoever could not write that down.
            var failure = StepError(lifting: error).failure
            failure.mayHaveHappened = true
            throw failure
        }
        let end = try await roles.platform.wait(for: operation, within: .seconds(120))
        if case .failed(_, let message) = end.outcome {
            throw Failure(
                .release, "Cloud Run did not take the change of `\(service.key)`",
                details: [.init("Cloud Run", message)], hint: "stagectl status \(service.key.arguments)")
        }
        // The operation answers with what it left, which saves reading it back.
        let answer = looks.keep(answer: end.service)
        guard let before = change.generation else { return try await observe(service) }
        // A read may be older than the write. A change of annotations alone may leave the generation as it was, so
        // what was written is looked for as well; how the platform spells it is not worth a failure.
        var reads = 0
        let isEnough: (ServiceObservation) -> Bool = { now in
            reads += 1
            return now.generation > before || change.isShown(by: now) || reads == 8
        }
        let after = if let answer, isEnough(answer) { answer } else { try await poll(service, until: isEnough) }
        do {
            try demand(after, of: service, at: before, orUpTo: before + 1)
        } catch {
            // This run's write came true, and somebody's after it: what it left is known, so that the way back can tell
            // theirs from it.
            var output = StepOutput()
            output.generation = before + 1
            output.traffic = change.traffic?.map { target in
                TrafficShare(revision: target.revision ?? "", percent: target.percent, tag: target.tag)
            }
            throw StepError(error, output: output)
        }
        return after
    }

    /// Where the last write of this run, or the look that it was locked with, left the generation.
    func generation(of service: PlannedService) async -> Int64? {
        await journal.progress.latest(of: service.key, \.generation)
    }

    /// Ends by the step's deadline.
    func poll(
        _ service: PlannedService, remembers: Bool = false, knownAccess: Bool? = nil,
        until isEnough: (ServiceObservation) -> Bool
    ) async throws -> ServiceObservation {
        if remembers, let known = looks.recent(service.identity), isEnough(known) { return known }
        var pause = Duration.milliseconds(50)
        while true {
            let now = try await observe(service, knownAccess: knownAccess)
            if isEnough(now) { return now }
            try await roles.clock.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    /// Throws `conflict` for a generation outside of what this run can have made.
    func demand(
        _ now: ServiceObservation, of service: PlannedService, at known: Int64, orUpTo last: Int64? = nil
    ) throws(Failure) {
        guard (known...max(known, last ?? known)).contains(now.generation) else {
            throw changed(service, since: known, now)
        }
    }

    private func changed(_ service: PlannedService, since known: Int64, _ now: ServiceObservation) -> Failure {
        let name = service.key
        return Failure(
            .conflict, "`\(name)` was changed by somebody else during this release",
            details: [
                .init("this run's last generation", "\(known)"), .init("now", "\(now.generation)"),
                .init("traffic", TrafficPlan.text(now.trafficStatuses)),
            ], hint: "stagectl status \(name.arguments), then deploy again")
    }
}

extension ServiceChange {
    /// Whether a service is what this change asked for, as far as traffic and annotations tell.
    fileprivate func isShown(by now: ServiceObservation) -> Bool {
        (traffic == nil || Set(traffic ?? []) == Set(now.traffic))
            && (annotations == nil || annotations == now.annotations)
    }
}
