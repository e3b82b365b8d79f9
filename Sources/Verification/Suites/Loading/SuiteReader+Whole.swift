import Configuration

/// What can only be said when all checks are known.
extension SuiteReader {
    mutating func checks(_ node: ConfigurationNode?, _ context: SuiteContext) -> [Check] {
        guard let node else { return [] }
        guard node.isSequence else {
            report(node, "checks", "`checks` is \(node.kindName), expected a list")
            return []
        }
        var all: [Check] = []
        var places: [(node: ConfigurationNode, path: String, needs: [String], id: String)] = []
        var seen: Set<String> = []
        for (index, element) in node.elements.enumerated() {
            let path = "checks.\(index)"
            if !element.isMapping { report(element, path, "a check is \(element.kindName), expected a mapping") }
            let found = checks(element, path, context)
            for check in found where !seen.insert(check.id).inserted {
                report(element["id"] ?? element, join(path, "id"), "two checks are called \(check.id.quotedForMessage)")
            }
            all += found
            if let first = found.first { places.append((element, path, first.needs, first.baseID)) }
        }
        if SuiteLoader.isTooMany(all) { report(node, "checks", "the suite has \(all.count) checks, at most 10000") }
        checkNeeds(all, places.map { ($0.node, $0.path, $0.needs, $0.id) })
        return all
    }

    private mutating func checkNeeds(_ checks: [Check], _ places: [(ConfigurationNode, String, [String], String)]) {
        let names = Set(checks.map(\.id)).union(checks.map(\.baseID))
        var needs: [String: [String]] = [:]
        for (node, path, own, id) in places {
            needs[id] = own.map { need in checks.first { $0.id == need }?.baseID ?? need }
            for need in own where !names.contains(need) {
                report(
                    node["needs"] ?? node, join(path, "needs"),
                    "needs \(need.quotedForMessage), which is no check here",
                    hint: NearestName.hint(for: need, in: names.sorted()))
            }
        }
        for (node, path, _, id) in places where Self.reaches(id, from: needs[id] ?? [], needs) {
            report(
                node["needs"] ?? node, join(path, "needs"), "\(id.quotedForMessage) needs itself, directly or by others"
            )
        }
    }

    private static func reaches(_ id: String, from start: [String], _ needs: [String: [String]]) -> Bool {
        var open = start
        var seen: Set<String> = []
        while let next = open.popLast() {
            if next == id { return true }
            if seen.insert(next).inserted { open += needs[next] ?? [] }
        }
        return false
    }

    mutating func cleanup(_ node: ConfigurationNode?, _ context: SuiteContext) -> [Check] {
        guard let node else { return [] }
        guard node.isSequence else {
            report(node, "cleanup", "`cleanup` is \(node.kindName), expected a list")
            return []
        }
        let keys = ["http", "headers", "body", "json", "timeout", "connect_timeout", "expect", "auth", "target"]
        return node.elements.enumerated().compactMap { index, element in
            let path = "cleanup.\(index)"
            guard mapping(element, path, keys: keys, required: ["http"]) else { return nil }
            guard let http = http(element, path, context.defaults) else { return nil }
            var check = Check(id: "cleanup[\(index + 1)]", kind: .http(http))
            check.auth = authentication(element["auth"], join(path, "auth"), secrets: context.secretNames)
            return check
        }
    }

    /// Checks that must fail. They run by themselves, so they need nothing and hand nothing on.
    mutating func controls(
        _ node: ConfigurationNode?, _ context: SuiteContext, besides checks: [Check]
    ) -> [Check] {
        guard let node else { return [] }
        guard node.isSequence else {
            report(node, "controls", "`controls` is \(node.kindName), expected a list")
            return []
        }
        var seen = Set(checks.map(\.id))
        return node.elements.enumerated().flatMap { index, element in
            let path = "controls.\(index)"
            for key in ["needs", "capture", "retry", "poll", "skip"] where element[key] != nil {
                report(element[key] ?? element, join(path, key), "a control has no `\(key)`: it runs by itself, once")
            }
            let found = self.checks(element, path, context)
            for check in found where !seen.insert(check.id).inserted {
                report(element["id"] ?? element, join(path, "id"), "two checks are called \(check.id.quotedForMessage)")
            }
            return found
        }
    }

    /// A capture must come from a check that is done for sure: one that the user of it needs.
    mutating func checkCaptures(_ suite: Suite) {
        let all = Set(suite.checks.flatMap(\.captures).map(\.name))
        for use in captureUses {
            let available: Set<String>
            if let id = use.check, let check = suite.checks.first(where: { $0.baseID == id }) {
                let before = suite.withNeeds(of: [check.id]).filter { $0.baseID != id }
                available = Set(before.flatMap(\.captures).map(\.name))
            } else {
                available = all
            }
            guard !available.contains(use.name) else { continue }
            let reference = "${captures.\(use.name)}".quotedForMessage
            if all.contains(use.name),
                let source = suite.checks.first(where: { $0.captures.contains { $0.name == use.name } })
            {
                report(
                    use.node, use.path, "\(reference) is captured by a check that this one does not need",
                    hint: "write `needs: [\(source.baseID)]`")
            } else {
                report(
                    use.node, use.path, "\(reference) is captured by no check",
                    hint: NearestName.hint(for: use.name, in: all.sorted()))
            }
        }
    }

    mutating func policies(_ node: ConfigurationNode?, _ suite: Suite) -> [Policy] {
        guard let node else { return [] }
        guard node.isSequence else {
            report(node, "policies", "`policies` is \(node.kindName), expected a list")
            return []
        }
        return node.elements.enumerated().compactMap { policy($1, "policies.\($0)", suite) }
    }

    private mutating func policy(_ node: ConfigurationNode, _ path: String, _ suite: Suite) -> Policy? {
        let required = ["match", "owner", "issue", "reason", "expires"]
        guard
            mapping(
                node, path, keys: required + ["expect", "waive", "quarantine", "max_uses", "wide"], required: required)
        else { return nil }
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
        if let match, let place = node["match"],
            !suite.checks.contains(where: { Glob.matches(match, $0.id) || Glob.matches(match, $0.baseID) })
        {
            report(
                place, join(path, "match"), "\(match.quotedForMessage) fits no check of this suite",
                hint: NearestName.of(match, in: suite.checks.map(\.baseID)).map { "did you mean `\($0)`?" }
                    ?? "take the policy out: it is stale")
        }
        let isWide = boolean(node["wide"], join(path, "wide")) == true
        if let match, let place = node["match"], !isWide, match.contains("*") {
            // One pattern that excuses a twentieth of a suite is more often a mistake than a known problem.
            // Rows of `each` are one check as it is written.
            let all = Set(suite.checks.map(\.baseID)).count
            let covered = Set(
                suite.checks.filter { Glob.matches(match, $0.id) || Glob.matches(match, $0.baseID) }.map(\.baseID)
            ).count
            if covered > max(1, all / 20) {
                report(
                    place, join(path, "match"),
                    "\(match.quotedForMessage) covers \(covered) of \(all) checks",
                    hint: "name the checks, or write `wide: true` beside it")
            }
        }
        let day = text(node["expires"], join(path, "expires")).flatMap { CalendarDay(parsing: $0) }
        if day == nil, let expires = node["expires"] {
            report(expires, join(path, "expires"), "\(shown(expires)) is not a day", hint: "write `2027-01-31`")
        }
        let owner = text(node["owner"], join(path, "owner"))
        let issue = text(node["issue"], join(path, "issue"))
        let reason = text(node["reason"], join(path, "reason"))
        let uses = integer(node["max_uses"], join(path, "max_uses"), in: 1...10_000)
        guard let kind = given.first, let match, let owner, let issue, let reason, let day else { return nil }
        return Policy(
            kind: kind, match: match, owner: owner, issue: issue, reason: reason, expires: day, maximumUses: uses,
            place: node.position)
    }
}
