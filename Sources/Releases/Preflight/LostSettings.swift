import Configuration

/// What a service that somebody else made has and a new revision of stagectl would not have, since the configuration has
/// no key for it: a connector to a network, a CPU that is always there, labels. Nobody should find that out from callers.
package enum LostSettings {
    /// For revisions that are stagectl's own there is nothing to lose: they were made from the configuration.
    package static func findings(of plan: Plan, facts: [ServiceKey: ServiceFacts]) -> [PreflightFinding] {
        plan.services.compactMap { planned in
            guard planned.decision == .deploy, let facts = facts[planned.key] else { return nil }
            let serving = facts.revisions.first { $0.name == facts.observation?.servingRevision }
            guard let serving, serving.labels[ReleaseLabel.fingerprint] == nil, let template = serving.template else {
                return nil
            }
            let lost = template.unexpressed.map { "\($0.path) \($0.value)" }
            guard !lost.isEmpty else { return nil }
            return PreflightFinding(
                "settings:\(planned.key)", .problem, .release,
                what: "a new revision of `\(planned.key)` would lose what `\(serving.name)` has and the configuration "
                    + "has no key for",
                why: lost.sorted().joined(separator: ", "))
        }
    }
}
