/// Runs that were begun before: somebody goes on with them, or takes them back.
extension ReleaseExecutor {
    /// Goes on where the journal stops: forward, or back when it was going back. Throws `conflict`, with nothing
    /// touched, when somebody else has locked one of its services since, or has ended the run.
    ///
    /// - Parameter overrides: gates that would have kept it from going on, with the reasons that were given; recorded.
    package func resume(overriding overrides: [String: String] = [:]) async throws(Failure) -> ReleaseDocument {
        try await takeLocksBack()
        let overtaken = try await overtakenServices()
        guard overtaken.isEmpty else {
            await handler.releaseLocks()
            throw Failure(
                .conflict, "another release has taken over since run `\(plan.run)` stopped",
                details: [.init("services", overtaken.map(\.description).joined(separator: ", "))],
                hint: "stagectl abort \(plan.run) closes it and leaves these as they are")
        }
        if let reason = await journal.progress.undoing { return await goBack(reason, isAsked: true) }
        do {
            for (gate, reason) in overrides.sorted(by: { $0.key < $1.key }) {
                let by = handler.approver ?? plan.initiator
                try await journal.write(.overridden(gate: gate, reason: reason, by: by))
            }
        } catch {
            await handler.releaseLocks()
            throw StepError(lifting: error).failure
        }
        return await proceed()
    }

    /// Takes back whatever the run did. Throws like `resume`.
    package func abort() async throws(Failure) -> ReleaseDocument {
        try await takeLocksBack()
        do {
            try await handler.accountForInfrastructure()
        } catch {
            await handler.releaseLocks()
            throw StepError(lifting: error).failure
        }
        return await goBack(Failure(.release, "the run was aborted", hint: "stagectl status"), isAsked: true)
    }

    private func overtakenServices() async throws(Failure) -> [ServiceKey] {
        do {
            return try await handler.overtakenServices()
        } catch {
            await handler.releaseLocks()
            throw StepError(lifting: error).failure
        }
    }

    private func takeLocksBack() async throws(Failure) {
        do {
            try await handler.takeLocksBack()
            // A disk that is full keeps nobody from going back.
            do {
                try await roles.journal.claim(run: plan.run, process: roles.process)
            } catch  where StepError(lifting: error).failure.category != .conflict {}
        } catch {
            throw StepError(lifting: error).failure
        }
        // Known for sure only now: somebody may have taken the run up between the look at its journal and the locks.
        if let outcome = await journal.progress.ended, outcome != .needsAttention {
            await handler.releaseLocks()
            throw Failure(
                .conflict, "run `\(plan.run)` has ended already", details: [.init("outcome", outcome.rawValue)],
                hint: "stagectl show \(plan.run)")
        }
    }
}
