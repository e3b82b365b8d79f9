/// Every kind of failure that is known by name, and the choice among those that are seen.
///
/// The order of choice: the closest rule (`DiagnosisRule.Closeness`); among equally close ones the one that stands
/// first in this table; of several lines that fit one rule the latest, which is what the last attempt died of.
enum RuleTable {
    /// What only one thing prints comes before what many print: a database's refusal before any refusal.
    static let rules: [DiagnosisRule] =
        ImageRules.rules + SecretRules.rules + EncryptionRules.rules + PermissionRules.rules + QuotaRules.rules
        + ConfigurationRules.rules + NetworkRules.refusals + MemoryRules.rules + EntryPointRules.rules
        + DatabaseRules.rules + MigrationRules.rules + PythonRules.rules + NodeRules.rules + JavaRules.rules
        + DotNetRules.rules + RubyRules.rules + PHPRules.rules + VariableRules.rules + NetworkRules.connections
        + FileRules.rules + ServerRules.rules + ListeningRules.rules + ExceptionRules.rules + ProbeRules.rules

    struct Seen: Sendable {
        var rule: DiagnosisRule
        var sighting: Sighting

        var explanation: Explanation { rule.explain(sighting) }
    }

    /// Everything that fits, the cause first.
    static func seen(in symptoms: Symptoms) -> [Seen] {
        let texts = symptoms.texts
        // The latest first; what was said again and again is looked at once.
        var known: Set<String> = []
        let latest = texts.reversed().map(\.text).filter { known.insert($0).inserted }
        return rules.enumerated().compactMap { index, rule -> (Int, Seen)? in
            guard let match = match(of: rule, symptoms, texts, latest) else { return nil }
            return (index, Seen(rule: rule, sighting: Sighting(symptoms: symptoms, match: match)))
        }.sorted { ($0.1.rule.closeness, $0.0) < ($1.1.rule.closeness, $1.0) }.map(\.1)
    }

    /// The first sign that is seen and names what it is about; where none names anything, the first that is seen.
    private static func match(
        of rule: DiagnosisRule, _ symptoms: Symptoms, _ texts: [LogText], _ latest: [String]
    ) -> Sighting.Match? {
        var nameless: Sighting.Match?
        for sign in rule.signs {
            guard let match = match(of: sign, symptoms, texts, latest) else { continue }
            if match.captures.contains(where: { !$0.isEmpty }) { return match }
            nameless = nameless ?? match
        }
        return nameless
    }

    private static func match(
        of sign: Sign, _ symptoms: Symptoms, _ texts: [LogText], _ latest: [String]
    ) -> Sighting.Match? {
        switch sign {
        case .reason(let word): symptoms.reasons.contains(word) ? Sighting.Match(text: "") : nil
        case .statement(let needle, let pattern): first(needle, pattern, in: symptoms.statements.lazy)
        case .line(let needle, let pattern): first(needle, pattern, in: latest)
        case .judged(let judge): judge(symptoms, texts)
        }
    }

    /// The first text that holds the needle and fits the pattern.
    private static func first(
        _ needle: String, _ pattern: String?, in texts: some Sequence<String>
    ) -> Sighting.Match? {
        var compiled: Regex<AnyRegexOutput>?
        for text in texts where text.contains(needle) {
            guard let pattern else { return Sighting.Match(text: text) }
            if compiled == nil { compiled = try? Regex(pattern) }
            guard let compiled else { return nil }
            if let match = text.firstMatch(of: compiled) {
                let captures = match.output.dropFirst().compactMap { $0.substring.map(String.init) }
                return Sighting.Match(text: text, captures: captures)
            }
        }
        return nil
    }

    /// All patterns, for the test that each can be read.
    static var patterns: [(kind: String, pattern: String)] {
        rules.flatMap { rule in
            rule.signs.compactMap { sign in
                switch sign {
                case .statement(_, let pattern?), .line(_, let pattern?): (rule.kind, pattern)
                default: nil
                }
            }
        }
    }
}
