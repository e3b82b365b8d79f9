/// Runs a plan: intent, effect, outcome, each durable before the next; independent steps at the same time. Any
/// failure after a candidate exists takes everything back to the snapshots of the lock steps.
package final class ReleaseExecutor: Sendable {
    let decoded: DecodedPlan
    let roles: ReleaseRoles
    let journal: RunJournal
    let handler: StepHandler
    private let isResumed: Bool
    /// How long a lock lives without renewal. Renewed three times in that time.
    package static let lease = Duration.seconds(30)

    var plan: Plan { decoded.plan }

    /// - Parameters:
    ///   - entries: the journal so far, when the run was begun before.
    ///   - approver: who takes the run up, as `user@host`; nil for whoever began it.
    ///   - held: locks that the run has already, if any; the run takes the rest, and ends with all of them released.
    package init(
        _ decoded: DecodedPlan, resuming entries: [JournalEntry] = [], holding held: HeldLocks = HeldLocks(),
        approver: String? = nil, roles: ReleaseRoles
    ) {
        self.decoded = decoded
        self.roles = roles
        self.isResumed = !entries.isEmpty
        let journal = RunJournal(
            run: decoded.plan.run, store: roles.journal, held: held, progress: Progress(replaying: entries),
            now: roles.now)
        self.journal = journal
        self.handler = StepHandler(
            plan: decoded.plan, roles: roles, journal: journal, lease: Self.lease, held: held, approver: approver)
    }

    /// Starts the journal and runs everything. Whatever goes wrong is in the document.
    package func run() async -> ReleaseDocument {
        do {
            try await roles.journal.begin(
                run: plan.run, environment: plan.environment, plan: decoded.text, process: roles.process)
        } catch {
            return await document(outcome: .failed, error: StepError(lifting: error).failure)
        }
        return await proceed()
    }

    // MARK: - Forward

    func proceed() async -> ReleaseDocument {
        let ending = await withTaskGroup(of: Ending?.self) { group in
            // A lost lease means that somebody else may write: it ends the run as a conflict.
            group.addTask { [handler] in await handler.keepLocks().map(Ending.failed) }
            group.addTask { await self.executeSteps() }
            let first = await group.next() ?? nil
            group.cancelAll()
            var result = first
            for await other in group where result.map({ $0.tellsLess(than: other) }) ?? true { result = other }
            return result
        }
        switch ending {
        case .failed(let failure): return await goBack(failure)
        case .held(let reason):
            let outcome: ReleaseOutcome = reason?.category == .needsAttention ? .needsAttention : .held
            return await finish(outcome, error: reason, staysOpen: true)
        case .complete, nil: return await finish(outcomeOfSuccess, error: nil)
        }
    }

    /// How far the steps of a plan have come.
    private enum Ending: Sendable {
        case complete
        case failed(Failure)
        /// A person decides how it goes on; the reason is nil where the standstill was asked for.
        case held(reason: Failure?)

        /// Both were interrupted: the step that was cut knows what it leaves, whoever kept the locks does not.
        func tellsLess(than other: Ending?) -> Bool {
            guard case .failed(let own) = self, case .failed(let told) = other else { return false }
            return own.category == .interrupted && told.category == .interrupted
                && own.details.count < told.details.count
        }
    }

    var outcomeOfSuccess: ReleaseOutcome {
        if plan.steps.isEmpty { return .unchanged }
        if plan.kind == .prune { return .promoted }
        if plan.steps.allSatisfy({ $0.id == InfrastructureStep.id }) { return .promoted }
        if !plan.steps.contains(where: { $0.id.hasPrefix("assert:") }) { return .held }
        return plan.kind == .rollback ? .rolledBack : .promoted
    }

    /// Starts every step whose needs are met, until nothing is left or one failed or is held. Nothing new starts after
    /// that, or after a cancellation; what runs is waited for, since its effect must be known before going back.
    private func executeSteps() async -> Ending {
        var waiting = plan.steps
        let progress = await journal.progress
        // What was true before the run was cut need not be true now: a way back, say, that a full disk kept out of the
        // journal.
        let finished = plan.finished(in: progress)
        var complete = Set(
            plan.steps.filter { step in
                progress.state(of: step.id).isComplete
                    && !(isResumed && step.action.isLookedAtAgain && !finished.contains(step.service))
            }.map(\.id))
        waiting.removeAll { complete.contains($0.id) }
        // What is looked at again is waited for by everything that rests on it, not only by the next step.
        let needs = plan.allNeeds
        var failure: Failure?
        var isHeld = false
        var reason: Failure?
        return await withTaskGroup(of: (String, Ending).self) { group in
            var running = 0
            while true {
                if failure == nil, Task.isCancelled {
                    failure = Failure(.interrupted, "interrupted", hint: "stagectl status")
                }
                if failure == nil, !isHeld {
                    let ready = waiting.filter { complete.isSuperset(of: needs[$0.id] ?? []) }
                    waiting.removeAll { step in ready.contains { $0.id == step.id } }
                    for step in ready {
                        running += 1
                        group.addTask { (step.id, await self.execute(step)) }
                    }
                }
                guard running > 0, let (id, ending) = await group.next() else {
                    if let failure { return .failed(failure) }
                    return isHeld ? .held(reason: reason) : .complete
                }
                running -= 1
                switch ending {
                case .failed(let problem):
                    failure = failure.map { $0.worse(problem) } ?? problem
                    group.cancelAll()
                case .held(let why):
                    // What runs beside it is let to its end.
                    isHeld = true
                    reason = reason ?? why
                case .complete:
                    complete.insert(id)
                }
            }
        }
    }

    private func execute(_ step: Step) async -> Ending {
        let began = roles.clock.now()
        let doubt: Progress.StepState = await journal.progress.state(of: step.id)
        let outcome: StepOutcome
        do {
            try await journal.write(.intent(step: step.id))
            roles.observer.started(step: step.id)
            let handler = handler
            let result = try await withDeadline(seconds: step.deadlineSeconds, step.id, clock: roles.clock) {
                try await handler.perform(step, inDoubt: doubt)
            }
            let seconds = (roles.clock.now() - began).inSeconds
            switch result {
            case .done(let output): outcome = .done(output, seconds: seconds)
            case .skipped(let output, let reason): outcome = .skipped(output, reason: reason)
            case .held(let output, let reason):
                guard let gate = step.gate, let why = plan.overrides[gate], let reason else {
                    return await stand(at: step.id, output, reason: reason)
                }
                var output = output
                output.note = "\(reason.summary); overridden: \(why)"
                outcome = .done(output, seconds: seconds)
            }
        } catch {
            let lifted = StepError(lifting: error)
            let seconds = (roles.clock.now() - began).inSeconds
            if let gate = step.gate, let reason = plan.overrides[gate], lifted.failure.category == .checks {
                var output = lifted.output
                output.note = "\(lifted.failure.summary); overridden: \(reason)"
                outcome = .done(output, seconds: seconds)
            } else {
                outcome = .failed(lifted.failure, lifted.output, seconds: seconds)
            }
        }
        return await close(step.id, outcome)
    }

    /// Writes the outcome even when the run was cancelled: the effect has happened either way.
    private func close(_ step: String, _ outcome: StepOutcome) async -> Ending {
        let written = await uncancelled { [journal] () -> Failure? in
            do {
                try await journal.write(.outcome(step: step, outcome))
                return nil
            } catch {
                return StepError(lifting: error).failure
            }
        }
        roles.observer.ended(step: step, outcome: outcome)
        if case .failed(let failure, _, _) = outcome { return .failed(failure) }
        return written.map(Ending.failed) ?? .complete
    }

    /// Writes down that the run stands still here. What cannot be written down is no standstill: nobody would find it.
    private func stand(at step: String, _ output: StepOutput, reason: Failure?) async -> Ending {
        let ending = await uncancelled { [journal] () -> Ending in
            do {
                try await journal.write(.held(step: step, output, reason: reason))
                return .held(reason: reason)
            } catch {
                return .failed(StepError(lifting: error).failure)
            }
        }
        roles.observer.held(step: step, reason: reason)
        return ending
    }

    // MARK: - End

    /// - Parameter staysOpen: the run has no end yet, so that `resume` and `abort` find it.
    func finish(_ outcome: ReleaseOutcome, error: Failure?, staysOpen: Bool = false) async -> ReleaseDocument {
        await uncancelled { [self] in
            var document = await document(outcome: outcome, error: error)
            do {
                // Whoever has the run now writes its record, and knows better.
                let isOurs = await !journal.isFencedOff
                if !plan.steps.isEmpty, isOurs, plan.kind != .prune { try await roles.ledger.record(document) }
                // A run that needs attention stays open, so that `resume` and `abort` find it.
                if outcome != .needsAttention, !staysOpen { try await journal.write(.ended(outcome: outcome)) }
            } catch {
                // What happened is true all the same, but nobody else will know of it until this is mended.
                let failure = StepError(lifting: error).failure
                var details = failure.details
                if let first = document.error { details.append(.init("first failure", first.summary)) }
                document.outcome = .needsAttention
                document.error = Failure(
                    .needsAttention, "the release could not be recorded: \(failure.summary)", details: details,
                    hint: "mend that, then: stagectl resume \(plan.run)")
            }
            await handler.releaseLocks()
            return document
        }
    }

    private func document(outcome: ReleaseOutcome, error: Failure?) async -> ReleaseDocument {
        let observations = await withTaskGroup(of: (ServiceKey, ServiceObservation?).self) {
            [roles, looks = handler.looks] group in
            for service in plan.services {
                group.addTask {
                    let known = looks.recent(service.identity)
                    if let known { return (service.key, known) }
                    return (service.key, try? await roles.platform.observe(service.identity))
                }
            }
            return await group.reduce(into: [ServiceKey: ServiceObservation]()) { $0[$1.0] = $1.1 }
        }
        return ReleaseDocument.compose(
            plan: plan, progress: await journal.progress, observations: observations, outcome: outcome, error: error,
            finished: roles.now())
    }
}

extension Duration {
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
