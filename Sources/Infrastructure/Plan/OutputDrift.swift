/// What a plan that only refreshes says of outputs, sorted: another value that came from outside, and what is so because
/// an apply is missing. Pure.
package struct OutputDrift: Hashable, Sendable {
    /// What is known of the last apply here.
    package enum LastApply: Hashable, Sendable {
        /// None was made from this machine.
        case unknown
        /// It came to its end, with the files and values of this digest.
        case complete(configuration: String)
        /// It failed or was cut: outputs are as the one before has left them.
        case unfinished
    }

    package private(set) var drifted: [InfrastructurePlan.OutputChange] = []
    package private(set) var pending: [InfrastructurePlan.OutputChange] = []

    package init(_ plan: InfrastructurePlan, after apply: LastApply) {
        for output in plan.outputs {
            if Self.hasDrifted(output, plan, apply) { drifted.append(output) } else { pending.append(output) }
        }
    }

    private static func hasDrifted(
        _ output: InfrastructurePlan.OutputChange, _ plan: InfrastructurePlan, _ apply: LastApply
    ) -> Bool {
        // One that the state does not have waits for its first apply, one that no file has any more for its last.
        guard output.action == .update, output.isKnown else { return false }
        switch apply {
        case .unfinished: return false
        case .complete(let configuration) where configuration != plan.configuration: return false
        // Nothing but an edit of the configuration can have changed a constant. With resources it is theirs to tell.
        case .complete, .unknown: return output.readsOutside || !plan.drift.isEmpty
        }
    }
}
