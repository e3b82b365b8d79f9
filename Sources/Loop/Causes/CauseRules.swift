/// Every family of rules, and the choice among what they find.
enum CauseRules {
    /// What only one thing says stands before what many say: a limit of memory before an exception, a token that has
    /// expired before a refusal.
    static let rules: [CauseRule] =
        MemoryCauses.rules + SecretCauses.rules + ConfigurationCauses.rules + InvokerCauses.rules + HeaderCauses.rules
        + TokenCauses.rules + RateCauses.rules + InstanceCauses.rules + NameCauses.rules + TransportCauses.rules
        + ReadinessCauses.rules + DependencyCauses.rules + EnvironmentCauses.rules + RouteCauses.rules
        + StreamCauses.rules + LatencyCauses.rules + AccessCauses.rules + ExceptionCauses.rules

    /// The closest finding; among equally close ones that of the rule that stands first.
    static func finding(_ failure: SeenFailure) -> CauseFinding? {
        var best: CauseFinding?
        for rule in rules {
            guard let found = rule.judge(failure), best.map({ found.closeness < $0.closeness }) ?? true else {
                continue
            }
            best = found
            if found.closeness == .named { break }
        }
        return best
    }
}
