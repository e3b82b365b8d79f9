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
        let record = try await applier.apply(approval, run: plan.run, isInDoubt: isInDoubt) { [roles] text in
            roles.observer.line(text, step: step.id)
        }
        var output = StepOutput()
        output.infrastructure = record
        output.note = record.applied.isEmpty ? "nothing was left to do" : "\(record.applied.count) resources applied"
        return output
    }
}
