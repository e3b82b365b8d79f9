/// A step that failed, with all that its journal has kept of the failure.
package struct FailedStep: Hashable, Sendable {
    package var id: String
    /// Nil for a step that belongs to no service.
    package var service: ServiceKey?
    package var failure: Failure
    /// Of a step that ran checks: those that did not pass.
    package var problems: [CheckProblem]

    package init(_ id: String, service: ServiceKey?, failure: Failure, problems: [CheckProblem] = []) {
        self.id = id
        self.service = service
        self.failure = failure
        self.problems = problems
    }

    /// In the order in which they began, those of the way back last. What was only stopped because another step failed is
    /// not among them.
    package static func all(_ plan: Plan, _ progress: Progress) -> [FailedStep] {
        let failed = progress.begun.compactMap { id -> FailedStep? in
            guard case .failed(let failure, let output, _) = progress.state(of: id) else { return nil }
            return FailedStep(
                id, service: service(of: id, plan), failure: failure, problems: output.smoke?.problems ?? [])
        }
        let own = failed.filter { ![.interrupted, .terminated].contains($0.failure.category) }
        return own.isEmpty ? Array(failed.prefix(1)) : own
    }

    private static func service(of id: String, _ plan: Plan) -> ServiceKey? {
        // Steps of the way back are in no plan.
        let key =
            plan.step(id)?.service
            ?? id.split(separator: ":", maxSplits: 1).last.map { ServiceKey(parsing: String($0)) }
        return key == InfrastructureStep.key ? nil : key
    }
}

extension FailedStep {
    /// Whether what it names is what it has seen itself: a tool's exit, the platform's refusal, a person's word. A gate
    /// only measures, and why it measured that, somebody else must know.
    var isItsOwnCause: Bool {
        switch failure.category {
        case .checks: false
        case .usage, .configuration, .unavailable, .permission, .conflict, .release, .needsAttention, .deadline,
            .interrupted, .terminated, .internalError:
            true
        }
    }

    /// What it left as evidence, line by line.
    var evidence: [String] {
        failure.details.map { $0.label.isEmpty || $0.label == "output" ? $0.value : "\($0.label): \($0.value)" }
    }
}
