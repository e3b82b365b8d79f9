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
            if !element.isMapping { report(element, path, "a control is \(element.kindName), expected a mapping") }
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
                    hint: NearestName.hint(for: use.name, in: all.sorted())
                        ?? "a check that this one needs says `capture: { \(use.name): { json: $.… } }`")
            }
        }
    }
}
