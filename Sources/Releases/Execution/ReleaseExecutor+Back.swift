/// The way back: every service that was touched gets its traffic, tags and annotations of the lock step again.
extension ReleaseExecutor {
    /// - Parameter isAsked: by a person. By itself nothing goes back past a migration after which the old revision cannot
    ///   run.
    func goBack(_ reason: Failure, isAsked: Bool = false) async -> ReleaseDocument {
        await uncancelled { [self] in
            let begun = await journal.progress
            let finished = plan.finished(in: begun)
            let changed = plan.services.filter { $0.decision != .unchanged }.map(\.key)
            // Every region was finished, and stays: only the run's end is missing.
            if !finished.isEmpty, finished.isSuperset(of: changed) { return await finish(outcomeOfSuccess, error: nil) }
            let stuck = plan.services.filter { begun.isPastReturn(of: $0) && !finished.contains($0.key) }.map(\.key)
            guard isAsked || stuck.isEmpty else { return await leftForward(stuck, reason) }
            // The way back may take longer than a lease. What a lost one means, the journal decides.
            let keeping = Task(executorPreference: RunExecutor.current) { [handler] in _ = await handler.keepLocks() }
            defer { keeping.cancel() }
            do {
                try await journal.write(.undoing(reason: reason))
            } catch {
                let failure = StepError(lifting: error).failure
                guard await !journal.isFencedOff else { return await notCompleted([failure], reason) }
                await journal.goOn(without: .undoing(reason: reason), failure)
            }
            let touched = handler.touchedServices(begun).filter { !finished.contains($0) }
            if !touched.isEmpty { roles.observer.undoing(reason: reason) }
            var failures: [Failure] = []
            for service in touched where !(begun.state(of: "restore:\(service)").isComplete) {
                // One that cannot be put back is no reason to leave the others.
                if let failure = await restore(service) { failures.append(failure) }
                if await journal.isFencedOff { break }
            }
            guard failures.isEmpty else { return await notCompleted(failures, reason) }
            if let lost = await journal.lost { return await notWritten(lost, reason, touchedNothing: touched.isEmpty) }
            // A rollback that was undone has not rolled back anything.
            let isUndone = plan.kind == .deploy && handler.hadMovedTraffic(begun, except: finished)
            return await finish(
                isUndone ? .rolledBack : .failed,
                error: naming(
                    migrationsDone(begun), in: naming(await leftToOthers(touched), keeping: finished, in: reason)))
        }
    }

    private func restore(_ service: ServiceKey) async -> Failure? {
        let id = "restore:\(service)"
        let began = roles.clock.now()
        let outcome: StepOutcome
        do {
            try await journal.write(.intent(step: id))
            roles.observer.started(step: id)
            let output = try await withDeadline(seconds: 120, id, clock: roles.clock) { [self] in
                try await restorePatiently(service)
            }
            outcome = .done(output, seconds: (roles.clock.now() - began).inSeconds)
            try await journal.write(.outcome(step: id, outcome))
        } catch {
            // Not written down: in doubt is what it is, and whoever takes the run up looks again.
            let lifted = StepError(lifting: error)
            roles.observer.ended(
                step: id,
                outcome: .failed(lifted.failure, lifted.output, seconds: (roles.clock.now() - began).inSeconds))
            return lifted.failure
        }
        roles.observer.ended(step: id, outcome: outcome)
        return nil
    }

    /// Again after what passes: a platform that does not answer for a moment, a write of somebody else at the same time,
    /// a write of this run that came true late, reads that are older than the last write (up to half a minute of that, all pauses together outlast it). Safe to
    /// repeat, since it looks anew each time, sets an absolute state and leaves what belongs to others.
    private func restorePatiently(_ service: ServiceKey) async throws -> StepOutput {
        for pause in [0.5, 1, 2, 4, 8, 8, 8] {
            do {
                return try await handler.restore(service)
            } catch {
                let category = StepError(lifting: error).failure.category
                guard [.conflict, .unavailable, .needsAttention].contains(category), await !journal.isFencedOff else {
                    throw error
                }
                try await roles.clock.sleep(for: .seconds(pause))
            }
        }
        return try await handler.restore(service)
    }

    /// Traffic stays where it is, and the run open.
    private func leftForward(_ services: [ServiceKey], _ reason: Failure) async -> ReleaseDocument {
        let names = services.map { "`\($0)`" }.joined(separator: ", ")
        return await finish(
            .needsAttention,
            error: Failure(
                .needsAttention,
                "\(reason.summary), and the migration of \(names) is irreversible: nothing was taken back",
                details: reason.details,
                hint:
                    "stagectl resume \(plan.run) tries what failed again; stagectl abort \(plan.run) takes traffic back to "
                    + "revisions that may not run any more"))
    }

    /// What could not be put back, or not even be written down, needs a person.
    private func notCompleted(_ failures: [Failure], _ reason: Failure) async -> ReleaseDocument {
        let summaries = failures.map(\.summary).joined(separator: "; ")
        return await finish(
            .needsAttention,
            error: Failure(
                .needsAttention, "the way back was not completed: \(summaries)",
                details: failures.flatMap(\.details) + [.init("first failure", reason.summary)],
                hint: "stagectl resume \(plan.run)"))
    }

    private func notWritten(_ lost: Failure, _ reason: Failure, touchedNothing: Bool) async -> ReleaseDocument {
        await finish(
            .needsAttention,
            error: Failure(
                .needsAttention, "the journal could not be written: \(lost.summary)",
                details: lost.details + [
                    .init("first failure", reason.summary),
                    .init("traffic", touchedNothing ? "was not touched" : "was put back"),
                ], hint: "mend that, then: stagectl abort \(plan.run)"))
    }

    private func leftToOthers(_ touched: [ServiceKey]) async -> [ServiceKey] {
        let progress = await journal.progress
        return touched.filter { progress.state(of: "restore:\($0)").output?.isLeftToOthers == true }
    }

    /// What traffic goes back to was made before them.
    private func migrationsDone(_ progress: Progress) -> [Failure.Detail] {
        var told: Set<String> = []
        return plan.services.compactMap { service in
            guard let execution = progress.irreversibleMigration(of: service), told.insert(execution).inserted else {
                return nil
            }
            return .init(
                "migration",
                "\(execution) is irreversible and has run: what serves now has to work with the data that it left")
        }
    }

    private func naming(_ migrations: [Failure.Detail], in reason: Failure) -> Failure {
        var reason = reason
        reason.details += migrations
        return reason
    }

    private func naming(
        _ overtaken: [ServiceKey], keeping finished: Set<ServiceKey>, in reason: Failure
    ) -> Failure {
        var reason = reason
        for (label, services) in [("left as they are", overtaken), ("finished before, and kept", Array(finished))]
        where !services.isEmpty {
            reason.details.append(.init(label, services.sorted().map(\.description).joined(separator: ", ")))
        }
        return reason
    }
}
