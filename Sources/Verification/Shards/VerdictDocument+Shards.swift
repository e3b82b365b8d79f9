extension VerdictDocument {
    static let narrowedNote = "only a selection of the checks was run"

    /// Several parts as one.
    init(
        _ verdict: Verdict, record: RunRecord, whole: ShardedRun, parts: [VerdictDocument], policies: [PolicyUse],
        summary: ShardSummary
    ) {
        schema = Self.schema
        result = verdict.result
        rule = verdict.rule
        decidedBy = verdict.decidedBy
        checks = record.effectiveResults
        counts = VerdictCounts(checks.map(\.status))
        let bySuite = Dictionary(grouping: checks, by: \.suite)
        var seen: Set<String> = []
        suites = whole.suites.filter { seen.insert($0.name).inserted }.map { suite in
            let own = bySuite[suite.name] ?? []
            return SuiteSummary(
                suite: suite.name, priority: suite.priority, owner: suite.owner, module: suite.module,
                counts: VerdictCounts(own.map(\.status)), milliseconds: own.reduce(0) { $0 + $1.milliseconds })
        }
        cleanup = parts.flatMap(\.cleanup)
        notes = Self.once(parts.flatMap(\.notes)).filter { $0 != Self.narrowedNote }
        findings = Self.once(parts.flatMap(\.findings))
        self.policies = policies
        controls = record.controls
        let own = parts.flatMap { $0.runners ?? [] }
        runners = own.isEmpty ? nil : own
        index = record.index.map { IndexCoverage(index: $0, results: record.results) }
        shards = summary
    }

    /// A pass that was not seen while this part ran is none.
    var checksInTime: [CheckResult] {
        guard let shard else { return checks }
        return checks.map { EvidenceAudit.refusal(of: $0, target: nil, window: shard.window) ?? $0 }
    }

    private static func once<Element: Hashable>(_ elements: [Element]) -> [Element] {
        var seen: Set<Element> = []
        return elements.filter { seen.insert($0).inserted }
    }
}
