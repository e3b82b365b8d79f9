/// Which checks are wanted. Pure; what a chosen check needs is chosen with it.
package struct SuiteSelection: Hashable, Sendable {
    /// One of `count` parts, `index` from 1.
    package struct Shard: Hashable, Sendable {
        package let index: Int
        package let count: Int

        /// `I/N`; nil for anything else.
        package init?(parsing text: String) {
            let fields = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            guard fields.count == 2, let index = fields[0], let count = fields[1], (1...1000).contains(count),
                (1...count).contains(index)
            else { return nil }
            self.index = index
            self.count = count
        }
    }

    /// Empty for all.
    package var suites: Set<String>
    package var priorities: Set<Priority>
    /// Ids, ids before `each`, `SUITE/ID`, or patterns with `*`.
    package var only: [String]
    package var shard: Shard?

    package init(
        suites: Set<String> = [], priorities: Set<Priority> = [], only: [String] = [], shard: Shard? = nil
    ) {
        self.suites = suites
        self.priorities = priorities
        self.only = only
        self.shard = shard
    }

    /// The same without a part.
    package var whole: SuiteSelection {
        var selection = self
        selection.shard = nil
        return selection
    }

    package struct Chosen: Hashable, Sendable {
        package var suites: [Suite]
        /// Checks of the chosen suites that were left out.
        package var leftOut: Int
        /// Entries of `only` that fit nothing.
        package var unmatched: [String]
    }

    package func apply(to all: [Suite]) -> Chosen {
        let wanted = all.filter { suite in
            (suites.isEmpty || suites.contains(suite.name))
                && (priorities.isEmpty || priorities.contains(suite.priority))
        }
        let unmatched = only.filter { pattern in
            !wanted.contains { suite in suite.checks.contains { Self.fits(pattern, $0, suite) } }
        }
        let chosen = wanted.map { suite in
            var suite = suite
            if !only.isEmpty {
                let named = suite.checks.filter { check in only.contains { Self.fits($0, check, suite) } }
                suite.checks = suite.withNeeds(of: Set(named.map(\.id)))
            }
            return suite
        }
        let sharded = shard.map { Self.part($0, of: chosen) } ?? chosen
        let before = wanted.reduce(0) { $0 + $1.checks.count }
        let after = sharded.reduce(0) { $0 + $1.checks.count }
        return Chosen(
            suites: sharded.filter { suite in
                // A suite that is empty by itself stays, so that the verdict can say so.
                !suite.checks.isEmpty || wanted.contains { $0.name == suite.name && $0.checks.isEmpty }
            }, leftOut: before - after, unmatched: unmatched)
    }

    private static func fits(_ pattern: String, _ check: Check, _ suite: Suite) -> Bool {
        let names = [check.id, check.baseID, "\(suite.name)/\(check.id)", "\(suite.name)/\(check.baseID)"]
        if names.contains(where: { Glob.matches(pattern, $0) }) { return true }
        // One of a runner's own tests: it runs as a whole.
        return check.runner != nil && names.contains { pattern.hasPrefix(Check.ofRunner($0)) }
    }

    /// Checks that need one another stay together. The largest groups are dealt out first, each to the part with
    /// the least; the same suites always give the same parts.
    private static func part(_ shard: Shard, of suites: [Suite]) -> [Suite] {
        // Runners that share their own tests out are in every part.
        let groups = suites.enumerated().flatMap { index, suite in
            suite.connectedChecks.filter { !suite.isShared($0) }.map { (suite: index, ids: $0) }
        }
        var loads = [Int](repeating: 0, count: shard.count)
        var mine: [Int: Set<String>] = [:]
        for group in groups.enumerated().sorted(by: {
            ($1.element.ids.count, $0.offset) < ($0.element.ids.count, $1.offset)
        }) {
            guard let part = loads.indices.min(by: { (loads[$0], $0) < (loads[$1], $1) }) else { break }
            loads[part] += group.element.ids.count
            if part == shard.index - 1 { mine[group.element.suite, default: []].formUnion(group.element.ids) }
        }
        return suites.enumerated().map { index, suite in
            var suite = suite
            suite.checks = suite.checks.compactMap { check in
                if suite.isShared([check.id]) { return check.sharing(shard) }
                return mine[index]?.contains(check.id) ?? false ? check : nil
            }
            return suite
        }
    }
}

extension Check {
    fileprivate func sharing(_ shard: SuiteSelection.Shard) -> Check {
        guard case .runner(var runner) = kind else { return self }
        var check = self
        runner.share = RunnerCheck.Share(index: shard.index, count: shard.count)
        check.kind = .runner(runner)
        return check
    }
}

extension Suite {
    /// Whether these are one runner that shares its tests out. One that others need, or that needs others, belongs into
    /// one part with them.
    func isShared(_ ids: [String]) -> Bool {
        guard ids.count == 1, let check = checks.first(where: { $0.id == ids[0] }), check.runner?.sharding != nil else {
            return false
        }
        return check.needs.isEmpty
            && !checks.contains { $0.needs.contains(check.id) || $0.needs.contains(check.baseID) }
    }

    /// The checks that a need names: one, or all rows of `each`.
    func checks(named need: String) -> [Check] {
        checks.filter { $0.id == need || $0.baseID == need }
    }

    /// The named checks and, transitively, what they need, in the suite's order.
    func withNeeds(of ids: Set<String>) -> [Check] {
        var wanted = ids
        var open = Array(ids)
        while let id = open.popLast() {
            for check in checks where check.id == id {
                for needed in check.needs.flatMap(checks(named:)) where wanted.insert(needed.id).inserted {
                    open.append(needed.id)
                }
            }
        }
        return checks.filter { wanted.contains($0.id) }
    }

    /// Ids in groups that are connected by needs.
    var connectedChecks: [[String]] {
        var group = Dictionary(checks.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        for check in checks {
            for needed in check.needs.flatMap(checks(named:)) {
                guard let one = group[check.id], let other = group[needed.id], one != other else { continue }
                for (id, number) in group where number == max(one, other) { group[id] = min(one, other) }
            }
        }
        return Dictionary(grouping: checks.map(\.id)) { group[$0] ?? 0 }.sorted { $0.key < $1.key }.map(\.value)
    }
}
