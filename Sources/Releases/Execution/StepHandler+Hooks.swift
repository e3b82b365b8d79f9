import Configuration

/// Steps of hooks: commands of a team's own, of which nobody knows what they change.
extension StepHandler {
    func hook(
        _ service: PlannedService, _ hook: Hook, at moment: Hook.Moment, step: Step, state: Progress.StepState
    ) async throws -> Result {
        switch state {
        case .held(let output, _):
            return .done(approved(output, "nobody knows whether `\(hook.name)` has run"))
        case .inDoubt where !hook.isIdempotent:
            // A second run may do harm, and none may be what is missing: only somebody who looks can tell.
            return .held(StepOutput(), reason: doubt(about: hook, of: service, step: step))
        case .inDoubt, .notStarted, .done, .skipped, .failed:
            break
        }
        guard let runner = roles.hooks else {
            throw Failure(.internalError, "the plan has a hook of `\(service.key)`, and nobody runs commands here")
        }
        let document = ReleaseDocument.compose(
            plan: plan, progress: await journal.progress, observations: [:], outcome: .held, error: nil, finished: "")
        let observer = roles.observer
        do {
            try await runner.run(HookCall(hook, at: moment, of: service.identity, in: document)) {
                observer.line($0, step: step.id)
            }
            return .done(StepOutput())
        } catch {
            let failure = StepError(lifting: error).failure
            guard !hook.isRequired, !failure.category.isOfSignal else { throw failure }
            var output = StepOutput()
            output.warning = "hook \(step.id): \(failure.summary)"
            output.note = "\(failure.summary); only a warning"
            return .done(output)
        }
    }

    private func doubt(about hook: Hook, of service: PlannedService, step: Step) -> Failure {
        Failure(
            .needsAttention, "nobody knows whether the hook `\(hook.name)` of `\(service.key)` has run to its end",
            details: [.init("step", step.id), .init("run again", "no: it is not `idempotent`")],
            hint:
                "see whether it has done its work, and do it where not; then stagectl resume \(plan.run) goes on as if it "
                + "had run, stagectl abort \(plan.run) takes everything back")
    }
}

extension Failure.Category {
    /// The command did not fail: somebody has ended it.
    fileprivate var isOfSignal: Bool { self == .interrupted || self == .terminated }
}
