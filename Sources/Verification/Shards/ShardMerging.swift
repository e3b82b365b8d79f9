/// Verdicts of parts → the verdict of the whole. Pure, and the same in whatever order the parts come.
///
/// The verdict is decided anew over all results: what each part said about itself is a part's matter (too few checks,
/// nothing passed, no index). What is lost, twice or of another run makes it incomplete at best.
package struct ShardMerging {
    /// A verdict and what it is called when something is wrong with it.
    package struct Part: Hashable, Sendable {
        package var name: String
        package var document: VerdictDocument

        package init(name: String, document: VerdictDocument) {
            self.name = name
            self.document = document
        }
    }

    /// Parts of one run begin at about the same time, and some are run once more after a machine was lost: a day lies
    /// between them at most. What is older says something about a target as it was then.
    package static let longestApartSeconds = 86_400.0

    private let whole: ShardedRun
    private let parts: [Part]
    private let summary: ShardSummary

    /// - Returns: nil where none of the documents is about a part.
    package static func merge(_ parts: [Part]) -> VerdictDocument? {
        ShardMerging(parts)?.document()
    }

    /// Parts of a run that whoever started it knows: one that says otherwise what the whole is belongs to another, and
    /// without any of them everything is lost.
    ///
    /// - Parameter count: of the parts, 1 to 1000.
    package static func merge(_ parts: [Part], expecting whole: ShardedRun, in count: Int) -> VerdictDocument {
        ShardMerging(parts, Run(count: count, whole: whole)).document()
    }

    /// Why some reports cannot be of a part, each with its name.
    package static func impossibilities(of parts: [Part]) -> [String] {
        parts.compactMap { part in part.document.impossibility.map { "`\(part.name)`: \($0)" } }
    }

    private init?(_ all: [Part]) {
        let shards = Self.shards(of: all)
        // The run that most parts belong to; among equals the one whose parts come first.
        let runs = Dictionary(grouping: shards.own) { Run(count: $0.shard.count, whole: $0.shard.whole.comparable) }
        guard
            let chosen = runs.min(by: {
                (-$0.value.count, Self.rank($0.value)) < (-$1.value.count, Self.rank($1.value))
            })
        else { return nil }
        self.init(all, Run(count: chosen.key.count, whole: chosen.value[0].shard.whole))
    }

    private init(_ all: [Part], _ run: Run) {
        let (shards, newest) = Self.shards(of: all)
        let count = run.count
        let own = shards.filter { $0.shard.count == count && $0.shard.whole.comparable == run.whole.comparable }
        var whole = run.whole
        whole.acceptedSkips = own.reduce(whole.acceptedSkips) {
            $0.merging($1.shard.whole.acceptedSkips, uniquingKeysWith: min)
        }
        self.whole = whole
        let byIndex = Dictionary(grouping: own, by: \.shard.index)
        parts = byIndex.keys.sorted().compactMap { index in
            byIndex[index]?.map(\.part).min { Self.badness($0) < Self.badness($1) }
        }
        let members = Set(own.map(\.part))
        summary = ShardSummary(
            count: count, merged: byIndex.keys.sorted(),
            lost: count > 1000 ? [] : (1...max(1, count)).filter { byIndex[$0] == nil },
            duplicate: byIndex.filter { $0.value.count > 1 }.keys.sorted(),
            foreign: all.filter { !members.contains($0) }.map { part in
                ShardSummary.Foreign(name: part.name, reason: Self.reason(part, count, whole, newest))
            }.sorted { ($0.name, $0.reason) < ($1.name, $1.reason) })
    }

    private struct Run: Hashable {
        var count: Int
        var whole: ShardedRun
    }

    /// Those that can be parts of a run, and when the newest of them ended.
    private static func shards(of all: [Part]) -> (own: [(part: Part, shard: ShardRecord)], newest: Double) {
        let possible = all.compactMap { part in
            part.document.impossibility == nil ? part.document.shard.map { (part: part, shard: $0) } : nil
        }
        let newest = possible.map(\.shard.window.end).max() ?? 0
        return (possible.filter { !isOld($0.shard, newest) }, newest)
    }

    private static func rank(_ shards: [(part: Part, shard: ShardRecord)]) -> String {
        shards.map { "\($0.shard.index) \($0.part.name)" }.min() ?? ""
    }

    /// The worst first, and always the same.
    private static func badness(_ part: Part) -> (Int, Int, String) {
        let rank = Verdict.Result.allCases.firstIndex(of: part.document.result) ?? 0
        return (rank, part.document.counts[.passed], part.name)
    }

    private static func isOld(_ shard: ShardRecord, _ newest: Double) -> Bool {
        newest - shard.window.end > longestApartSeconds
    }

    private static func reason(_ part: Part, _ count: Int, _ whole: ShardedRun, _ newest: Double) -> String {
        guard let shard = part.document.shard else { return "not a part of a run" }
        if let problem = part.document.impossibility { return problem }
        if isOld(shard, newest) {
            return "ran \(ServiceLevelObjectives.number((newest - shard.window.end) / 3600)) h before the newest"
        }
        if shard.count != count { return "one of \(shard.count) shards instead of \(count)" }
        return shard.whole.difference(from: whole) ?? "another run"
    }

    // MARK: - The whole

    private func document() -> VerdictDocument {
        let planned = whole.suites.flatMap { suite in
            suite.checks.map { SuiteIndex.Entry(suite: suite.name, id: $0) }
        }
        var open = Dictionary(planned.map { ($0, 1) }, uniquingKeysWith: +)
        var results: [CheckResult] = []
        var twice: [CheckResult] = []
        var strange: [CheckResult] = []
        var runners = ShardedRunners(whole)
        for result in parts.flatMap(\.document.checksInTime) {
            switch runners.take(result) {
            case .taken: continue
            case .twice:
                twice.append(result)
                continue
            case .none: break
            }
            let entry = SuiteIndex.Entry(suite: result.suite, id: result.id)
            switch open[entry] {
            case nil: strange.append(result)
            case 0?: twice.append(result)
            case let left?:
                open[entry] = left - 1
                results.append(result)
            }
        }
        let priorities = Dictionary(whole.suites.map { ($0.name, $0.priority) }) { first, _ in first }
        let external = runners.conclude(parts.map(\.document), acceptedSkips: whole.acceptedSkips)
        results += external.results
        for entry in external.done { open[entry] = 0 }
        for entry in planned where (open[entry] ?? 0) > 0 {
            open[entry, default: 0] -= 1
            results.append(
                CheckResult(
                    id: entry.id, suite: entry.suite, priority: priorities[entry.suite] ?? .p1, status: .notRun,
                    summary: "no shard has a result of it"))
        }
        var record = RunRecord(
            results: Self.ordered(results, planned), expectations: expectations, gates: whole.gates, target: target,
            controls: controls, index: whole.index, acceptedSkips: whole.acceptedSkips)
        // Ids were compared with the plan.
        record.isMerged = true
        var verdict = Verdict.decide(record)
        if let objection = falsehood(twice, strange) {
            verdict = Verdict(decidedBy: objection.0, rule: objection.1, counts: verdict.counts)
        } else if verdict.result > .fail, let part = parts.first(where: { $0.document.result == .fail }) {
            // Whatever fails a part is one of its results or controls, which fail the whole too.
            verdict = Verdict(
                decidedBy: .countMismatch,
                rule: "`\(part.name)` says that it failed (\(part.document.decidedBy.rawValue)), and none of its "
                    + "results did",
                counts: verdict.counts)
        } else if verdict.result > .fail, let objection = summary.objection ?? overuse ?? missedTarget(results) {
            verdict = Verdict(decidedBy: objection.0, rule: objection.1, counts: verdict.counts)
        }
        return VerdictDocument(
            verdict, record: record, whole: whole, parts: parts.map(\.document), policies: policies, summary: summary)
    }

    /// In the order of the plan, whichever part they come from.
    private static func ordered(_ results: [CheckResult], _ planned: [SuiteIndex.Entry]) -> [CheckResult] {
        let places = Dictionary(planned.enumerated().map { ($1, $0) }) { first, _ in first }
        let place = { (result: CheckResult) -> Int in
            let whole = places[SuiteIndex.Entry(suite: result.suite, id: result.id)]
            // A runner's tests stand where it stands.
            let runner = result.id.prefix { $0 != "/" }
            return whole ?? places[SuiteIndex.Entry(suite: result.suite, id: String(runner))] ?? 0
        }
        return results.enumerated().sorted {
            (place($0.element), $0.offset) < (place($1.element), $1.offset)
        }.map(\.element)
    }

    private var expectations: [SuiteExpectation] {
        whole.suites.map {
            SuiteExpectation(suite: $0.name, minimumChecks: $0.minimumChecks, maximumSkipped: $0.maximumSkipped)
        }
    }

    /// Every address of the run; which revision must have answered only where there is one.
    private var target: MeasuredTarget? {
        let measured = whole.targets.compactMap(\.measured)
        guard !measured.isEmpty, measured.count == whole.targets.count else { return nil }
        guard measured.count > 1 else { return measured[0] }
        return MeasuredTarget(authorities: measured.reduce(into: []) { $0.formUnion($1.authorities) })
    }

    /// Each suite has its control in every part: the worst of them counts.
    private var controls: [ControlResult] {
        var worst: [SuiteIndex.Entry: ControlResult] = [:]
        let order: [ControlResult.Outcome] = [.passed, .unknown, .failed]
        let rank = { (result: ControlResult) in order.firstIndex(of: result.outcome) ?? 0 }
        for control in parts.flatMap(\.document.controls) {
            let entry = SuiteIndex.Entry(suite: control.suite, id: control.id)
            if let known = worst[entry], rank(known) <= rank(control) { continue }
            worst[entry] = control
        }
        return worst.sorted { $0.key < $1.key }.map(\.value)
    }

    private var policies: [PolicyUse] {
        var merged: [PolicyUse] = []
        for policy in parts.flatMap(\.document.policies) {
            var unused = policy
            unused.uses = 0
            let index = merged.firstIndex { known in
                var other = known
                other.uses = 0
                return other == unused
            }
            if let index { merged[index].uses += policy.uses } else { merged.append(policy) }
        }
        return merged
    }

    // MARK: - What keeps it from being a pass

    private func falsehood(_ twice: [CheckResult], _ strange: [CheckResult]) -> (VerdictRule, String)? {
        for part in parts {
            let stated = part.document.counts.dictionary
            let counted = VerdictCounts(part.document.checks.map(\.status)).dictionary
            guard let key = stated.keys.sorted().first(where: { stated[$0] != counted[$0] }) else { continue }
            return (
                .countMismatch,
                "`\(part.name)` states \(stated[key] ?? 0) \(key), its results are \(counted[key] ?? 0)"
            )
        }
        for part in parts {
            let bySuite = Dictionary(grouping: part.document.checks, by: \.suite)
            guard
                let suite = part.document.suites.first(where: {
                    $0.counts.dictionary != VerdictCounts((bySuite[$0.suite] ?? []).map(\.status)).dictionary
                })
            else { continue }
            return (.countMismatch, "`\(part.name)` states counts of `\(suite.suite)` that its results have not")
        }
        let names = (twice + strange).prefix(5).map { "\($0.suite)/\($0.id)" }.joined(separator: ", ")
        if !twice.isEmpty { return (.duplicateIds, "shards have results of the same checks: \(names)") }
        if !strange.isEmpty { return (.duplicateIds, "shards have results of checks that the run has not: \(names)") }
        return nil
    }

    /// Of several services a suite must have asked its own; which of them a suite of several asked cannot be told.
    private func missedTarget(_ results: [CheckResult]) -> (VerdictRule, String)? {
        let suites = Dictionary(grouping: whole.suites, by: \.name).compactMap { $1.count == 1 ? $1[0] : nil }
        let passes = Dictionary(grouping: results.filter { $0.status == .passed || $0.status == .flaky }, by: \.suite)
        for suite in suites.sorted(by: { $0.name < $1.name }) {
            let target = whole.targets.first { $0.service == suite.service }?.measured
            guard EvidenceAudit.missesTarget(passes[suite.name] ?? [], target) else { continue }
            return (.wrongTarget, "no check of `\(suite.name)` asked the target, so it says nothing about it")
        }
        return nil
    }

    /// Each part counts for itself how often a policy is used; the limit is the run's.
    private var overuse: (VerdictRule, String)? {
        var uses: [String: (uses: Int, policy: PolicyUse)] = [:]
        for policy in policies {
            let key =
                [policy.match, policy.issue, policy.owner, policy.expires, policy.reason].joined(separator: "\n")
                + (policy.origin == .environment ? "" : policy.suite)
            uses[key, default: (0, policy)].uses += policy.uses
        }
        let over = uses.values.filter { $0.uses > $0.policy.maximumUses ?? .max }
        guard let worst = over.min(by: { $0.policy.match < $1.policy.match }) else { return nil }
        return (
            .tooManyExcused,
            "the \(worst.policy.kind.noun) for `\(worst.policy.match)` (\(worst.policy.issue)) was used "
                + "\(worst.uses) times, \(worst.policy.maximumUses ?? 0) are allowed"
        )
    }
}

extension ShardedRun {
    /// What machines remember of earlier runs may differ between parts of one.
    fileprivate var comparable: ShardedRun {
        var run = self
        run.acceptedSkips = [:]
        return run
    }
}
