/// Step `infra`: what Terraform has planned, before any image is built.
extension StepHandler {
    /// Nothing undoes it: resources that were made for a release that then failed are used by the next one, and taking
    /// them away could lose what they hold.
    func applyInfrastructure(
        _ approval: InfrastructureApproval, step: Step, state: Progress.StepState
    ) async throws -> StepOutput {
        guard let applier = roles.infrastructure else {
            throw Failure(.internalError, "the plan changes infrastructure, and nobody does that here")
        }
        let isInDoubt = if case .notStarted = state { false } else { true }
        do {
            let record = try await applier.apply(approval, run: plan.run, isInDoubt: isInDoubt) { [roles] text in
                roles.observer.line(text, step: step.id)
            }
            return output(record)
        } catch let cut as InfrastructureCut {
            throw StepError(cut.failure, output: output(cut.record))
        }
    }

    private func output(_ record: InfrastructureRecord) -> StepOutput {
        var output = StepOutput()
        output.infrastructure = record
        output.note = record.counts
        return output
    }

    /// Before a run is taken back: what its apply has done stays, and must be told. Writes it down.
    ///
    /// - Throws: `conflict` while Terraform still works.
    func accountForInfrastructure() async throws {
        let progress = await journal.progress
        guard let step = plan.step(InfrastructureStep.id), case .applyInfrastructure(let approval) = step.action,
            progress.isBegun(step.id), progress.infrastructure(of: step.id) == nil, let applier = roles.infrastructure
        else { return }
        let output = output(try await applier.account(of: approval, run: plan.run))
        // A disk that is full keeps nobody from going back.
        do {
            try await journal.write(.found(step: step.id, output))
        } catch  where StepError(lifting: error).failure.category != .conflict {}
    }
}
