import Verification

/// Checks by priority, suite and module. Each list adds up to all checks.
struct CheckGroups {
    let priorities: [PriorityStanding]
    let suites: [ReportedGroup]
    let modules: [ReportedGroup]

    init(_ found: FoundChecks, protects: [String: String]) {
        let byPriority = Dictionary(grouping: found.checks, by: \.priority)
        priorities = Priority.allCases.compactMap { priority in
            let own = byPriority[priority] ?? []
            let value = protects[priority.rawValue]
            guard !own.isEmpty || value != nil else { return nil }
            return PriorityStanding(
                priority, counts: VerdictCounts(own.map(\.status)),
                milliseconds: own.reduce(0) { $0 + $1.milliseconds },
                protects: value)
        }
        let summaries = Dictionary(found.suites.map { ($0.suite, $0) }, uniquingKeysWith: { first, _ in first })
        let bySuite = Dictionary(grouping: found.checks, by: \.suite)
        suites = bySuite.map { name, own in
            let summary = summaries[name]
            return ReportedGroup(
                name: name, priority: summary?.priority ?? own.map(\.priority).min(), owner: summary?.owner,
                module: summary?.module, counts: VerdictCounts(own.map(\.status)),
                milliseconds: own.reduce(0) { $0 + $1.milliseconds })
        }.sorted { ($0.priority ?? .p6, $0.name) < ($1.priority ?? .p6, $1.name) }
        let named = found.checks.contains { $0.module != nil }
        let byModule = named ? Dictionary(grouping: found.checks) { $0.module ?? "(none)" } : [:]
        modules = byModule.map { name, own in
            ReportedGroup(
                name: name, counts: VerdictCounts(own.map(\.status)),
                milliseconds: own.reduce(0) { $0 + $1.milliseconds })
        }.sorted { $0.name < $1.name }
    }
}

extension NotRunGroup {
    private static let most = 50

    static func groups(of checks: [ReportedCheck]) -> [NotRunGroup] {
        let idle = checks.filter { !$0.status.hasRun }
        let order = CheckStatus.allCases
        return Dictionary(grouping: idle) { Key(status: $0.status, reason: $0.summary ?? $0.status.words) }
            .map { key, own in
                NotRunGroup(
                    status: key.status, reason: key.reason, checks: own.prefix(most).map(\.name), count: own.count)
            }.sorted {
                let (left, right) = (order.firstIndex(of: $0.status) ?? 0, order.firstIndex(of: $1.status) ?? 0)
                return (-$0.count, left, $0.reason) < (-$1.count, right, $1.reason)
            }
    }

    private struct Key: Hashable {
        var status: CheckStatus
        var reason: String
    }
}
