import Configuration

/// Policies of a suite, and waivers of an environment, which are policies of the suites that they fit.
extension SuiteReader {
    private static let required = ["match", "owner", "issue", "reason", "expires"]

    mutating func policies(_ node: ConfigurationNode?, _ suite: Suite) -> [Policy] {
        guard let node else { return [] }
        guard node.isSequence else {
            report(node, "policies", "`policies` is \(node.kindName), expected a list")
            return []
        }
        return node.elements.enumerated().compactMap { policy($1, "policies.\($0)", suite) }
    }

    private mutating func policy(_ node: ConfigurationNode, _ path: String, _ suite: Suite) -> Policy? {
        let keys = Self.required + ["expect", "waive", "quarantine", "max_uses", "wide"]
        guard mapping(node, path, keys: keys, required: Self.required) else { return nil }
        let kinds: [Policy.Kind?] = [
            choice(node["expect"], join(path, "expect"), of: ["fail"]) == nil ? nil : .expectFail,
            boolean(node["waive"], join(path, "waive")) == true ? .waive : nil,
            boolean(node["quarantine"], join(path, "quarantine")) == true ? .quarantine : nil,
        ]
        let given = kinds.compactMap { $0 }
        if given.count != 1 {
            report(node, path, "a policy has exactly one of `expect: fail`, `waive: true`, `quarantine: true`")
        }
        let match = text(node["match"], join(path, "match"))
        if let match, let place = node["match"], suite.covered(by: match).isEmpty {
            report(
                place, join(path, "match"), "\(match.quotedForMessage) fits no check of this suite",
                hint: NearestName.of(match, in: suite.checks.map(\.baseID)).map { "did you mean `\($0)`?" }
                    ?? "take the policy out: it is stale")
        }
        if let match { checkWidth(of: match, in: suite, node, path) }
        return terms(node, path, kind: given.first, match: match)
    }

    /// The suites, each with the waivers that fit some of its checks.
    mutating func waive(_ node: ConfigurationNode?, _ suites: [String: Suite]) -> [String: Suite] {
        guard let node else { return suites }
        var suites = suites
        for (index, element) in node.elements.enumerated() {
            let path = "waivers.\(index)"
            let keys = Self.required + ["max_uses", "wide"]
            guard mapping(element, path, keys: keys, required: Self.required),
                let match = text(element["match"], join(path, "match")), let place = element["match"]
            else { continue }
            var isOrphan = true
            for name in suites.keys.sorted() {
                guard var suite = suites[name], let own = suite.ownPart(of: match) else { continue }
                isOrphan = false
                checkWidth(of: own, in: suite, element, path)
                // Said once, however many suites it fits.
                let before = findings.count
                guard var policy = terms(element, path, kind: .waive, match: own) else {
                    if findings.count > before { break }
                    continue
                }
                policy.origin = .environment
                suite.policies.append(policy)
                suites[name] = suite
            }
            guard isOrphan else { continue }
            let ids = suites.values.flatMap { $0.checks.map(\.baseID) }.sorted()
            report(
                place, join(path, "match"), "\(match.quotedForMessage) fits no check of this environment's suites",
                hint: NearestName.of(match, in: ids).map { "did you mean `\($0)`?" }
                    ?? "take the waiver out: it is stale")
        }
        return suites
    }

    /// One pattern that excuses a twentieth of a suite is more often a mistake than a known problem. Rows of `each`
    /// are one check as it is written.
    private mutating func checkWidth(
        of match: String, in suite: Suite, _ node: ConfigurationNode, _ path: String
    ) {
        guard match.contains("*"), boolean(node["wide"], join(path, "wide")) != true else { return }
        let all = Set(suite.checks.map(\.baseID)).count
        let covered = suite.covered(by: match).count
        guard covered > max(1, all / 20) else { return }
        report(
            node["match"] ?? node, join(path, "match"),
            "\(match.quotedForMessage) covers \(covered) of \(Counted.text(all, "check")) of `\(suite.name)`",
            hint: "name the checks, or write `wide: true` beside it")
    }

    private mutating func terms(
        _ node: ConfigurationNode, _ path: String, kind: Policy.Kind?, match: String?
    ) -> Policy? {
        _ = boolean(node["wide"], join(path, "wide"))
        let day = text(node["expires"], join(path, "expires")).flatMap { CalendarDay(parsing: $0) }
        if day == nil, let expires = node["expires"] {
            report(expires, join(path, "expires"), "\(shown(expires)) is not a day", hint: "write `2027-01-31`")
        }
        let owner = text(node["owner"], join(path, "owner"))
        let issue = text(node["issue"], join(path, "issue"))
        let reason = text(node["reason"], join(path, "reason"))
        let uses = integer(node["max_uses"], join(path, "max_uses"), in: 1...10_000)
        guard let kind, let match, let owner, let issue, let reason, let day else { return nil }
        return Policy(
            kind: kind, match: match, owner: owner, issue: issue, reason: reason, expires: day, maximumUses: uses,
            place: node.position)
    }
}

extension Check {
    /// Tests of an external runner are known when it has run; until then, that it is named is enough.
    fileprivate func isCovered(by match: String) -> Bool {
        Glob.matches(match, id) || Glob.matches(match, baseID)
            || runner != nil && (match.hasPrefix(Check.ofRunner(id)) || match.hasPrefix(Check.ofRunner(baseID)))
    }
}

extension Suite {
    /// Ids, as they are written, of the checks that a pattern fits.
    fileprivate func covered(by match: String) -> Set<String> {
        Set(checks.filter { $0.isCovered(by: match) }.map(\.baseID))
    }

    /// What a pattern says about this suite's ids: itself, or what follows the suite's name (`SUITE/ID`); nil where
    /// it fits none.
    fileprivate func ownPart(of match: String) -> String? {
        if !covered(by: match).isEmpty { return match }
        guard let slash = match.firstIndex(of: "/"), Glob.matches(String(match[..<slash]), name) else { return nil }
        let own = String(match[match.index(after: slash)...])
        return covered(by: own).isEmpty ? nil : own
    }
}
