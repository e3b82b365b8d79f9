import Configuration
import Releases

/// Whether a deploy is wanted at this time.
enum FreezeGate {
    /// Nil where nothing keeps it; a rollback is never asked.
    ///
    /// - Parameters:
    ///   - moment: seconds since 1970.
    ///   - reason: of `--override freeze=REASON`.
    static func refusal(_ environment: Environment, at moment: Int, override reason: String?) -> Failure? {
        guard reason == nil, let window = environment.freeze?.first(where: { $0.contains(moment) }) else { return nil }
        return Failure(
            .conflict, "`\(environment.name)` is frozen: \(window.reason)",
            details: [.init("window", window.text)],
            hint: "wait for its end, or say why it cannot wait: --override freeze=REASON")
    }

    /// The same for a run that is taken up. One that goes back is never refused, nor one that has only to be looked at
    /// and recorded.
    static func refusal(
        toResume plan: Plan, _ progress: Progress, in environment: Environment, at moment: Int, override reason: String?
    ) -> Failure? {
        guard plan.kind == .deploy, progress.undoing == nil else { return nil }
        let reason = reason ?? plan.overrides["freeze"] ?? progress.overrides["freeze"]
        let left = plan.steps.filter { !progress.state(of: $0.id).isComplete }
        guard left.contains(where: \.action.changesWhatServes),
            var refusal = refusal(environment, at: moment, override: reason)
        else { return nil }
        refusal.hint =
            "wait for its end, stagectl abort \(plan.run) takes it back, or say why it cannot wait: "
            + "stagectl resume \(plan.run) --override freeze=REASON"
        return refusal
    }
}
