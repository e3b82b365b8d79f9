import Configuration
import Releases
import Verification

extension Report {
    /// Pure: the same source gives the same report.
    package init(_ source: ReportSource) {
        let progress = Progress(replaying: source.entries)
        let found = FoundChecks(source, progress)
        self.init(
            generated: source.generated,
            tool: Tool(version: source.evidence.tool, configuration: source.evidence.configuration),
            subject: Self.subject(source, found), verdict: Self.verdict(source, found.counts), counts: found.counts,
            time: TimeAnalysis())
        targets = found.targets
        checks = found.checks
        notes = found.notes
        failure = source.release?.error
        let steps = StepTimes(source, progress)
        self.steps = steps.steps
        traffic = steps.traffic
        time = TimeAnalysis(source.release, found, steps)
        services = Self.services(source, progress)
        if services.contains(where: { $0.resources?.cost != nil }) {
            prices = source.prices.source.shown(at: source.generated)
        }
        canaries = (source.release?.services ?? []).compactMap { service in
            service.canary.map { ReportedCanary(service: service.service, region: service.region, findings: $0) }
        }
        health = Self.health(source, progress)
        let groups = CheckGroups(found, protects: source.evidence.protects)
        (priorities, suites, modules) = (groups.priorities, groups.suites, groups.modules)
        clusters = FailureCluster.clusters(of: checks)
        notRun = NotRunGroup.groups(of: checks)
        objectives = found.objectives
        scalability = found.scalability
        latency = LatencyDistribution(found.answerTimes)
        waivers = found.policies
        index = IndexProgress(source.evidence.index, found, time)
        slowest = checks.indices.filter { checks[$0].milliseconds > 0 }
            .sorted { (checks[$0].milliseconds, checks[$1].name) > (checks[$1].milliseconds, checks[$0].name) }
            .prefix(10).map(\.self)
        flaky = checks.indices.filter { checks[$0].status == .flaky }
        unstable = source.trends.leastStable.prefix(10).map {
            UnstableCheck(
                check: "\($0.entry.suite)/\($0.entry.id)", runs: $0.runs, failed: $0.failed, changes: $0.changes,
                disagreements: $0.disagreements)
        }
        // A run that came to no check has lost none.
        if !found.outcomes.isEmpty { changes = ReportedChanges(source, found.outcomes) }
        history = Self.history(source, counts, verdict)
        recommendations = Recommendation.all(for: self)
    }

    private static func subject(_ source: ReportSource, _ found: FoundChecks) -> Subject {
        guard let release = source.release else {
            return Subject(
                run: source.evidence.run, kind: "smoke", environment: source.evidence.environment, initiator: nil,
                started: found.window.map { MomentText.rfc3339(milliseconds: Int64($0.lowerBound * 1000)) },
                finished: found.window.map { MomentText.rfc3339(milliseconds: Int64($0.upperBound * 1000)) },
                outcome: nil, services: found.targets.map(\.service).unique)
        }
        return Subject(
            run: release.run, kind: release.kind.rawValue, environment: release.environment,
            initiator: release.initiator, started: release.started, finished: release.finished,
            outcome: release.outcome, services: release.services.map(\.service).unique)
    }

    private static func verdict(_ source: ReportSource, _ counts: VerdictCounts) -> ReportedVerdict {
        guard let release = source.release else {
            let result = source.verdict?.result ?? .incomplete
            return ReportedVerdict(
                headline: result == .pass ? .release : .hold, result: result,
                rule: source.verdict?.rule ?? "no check ran", decidedBy: source.verdict?.decidedBy ?? .nothingRan,
                sentence: result == .pass
                    ? "everything that was asked for ran and passed"
                    : "what was measured does not show that this may be released")
        }
        let result = Verdict.Result(rawValue: release.verdict.result.rawValue) ?? .incomplete
        let decided = source.evidence.parts.map(\.verdict).first { $0.rule == release.verdict.rule }
        let (headline, sentence) = words(of: release, result)
        return ReportedVerdict(
            headline: headline, result: result, rule: release.verdict.rule, decidedBy: decided?.decidedBy,
            sentence: sentence)
    }

    private static func words(
        of release: ReleaseDocument, _ result: Verdict.Result
    ) -> (ReportedVerdict.Headline, String) {
        switch release.outcome {
        case .promoted where result == .pass: (.release, "every gate passed, and the new revision serves")
        case .promoted: (.hold, "the new revision serves, and not every gate has shown that it may")
        case .unchanged where result == .pass: (.release, "nothing changed since the last verified release")
        case .unchanged: (.hold, "nothing changed, and what serves was not verified")
        case .held: (.hold, "the release waits for a person, and what served before still serves")
        case .rolledBack where release.kind == .rollback:
            (.rolledBack, "an earlier revision serves again, as was asked")
        case .rolledBack: (.rolledBack, "traffic had moved, and is back where it was")
        case .failed: (.failed, "the release did not get any traffic; what served before still serves")
        case .needsAttention: (.needsAttention, "the end of a step is not known; a person must look")
        }
    }

    private static func history(
        _ source: ReportSource, _ counts: VerdictCounts, _ verdict: ReportedVerdict
    ) -> [PassRate] {
        var rates = source.earlier.reversed().compactMap { release -> PassRate? in
            guard let total = release.verdict.counts["total"], total > 0 else { return nil }
            return PassRate(
                run: release.run, started: release.started, passed: release.verdict.counts["passed"] ?? 0,
                total: total, result: release.verdict.result.rawValue)
        }
        if counts.total > 0 {
            rates.append(
                PassRate(
                    run: source.release?.run ?? "now", started: source.release?.started ?? source.generated,
                    passed: counts[.passed], total: counts.total, result: verdict.result.rawValue))
        }
        return rates.suffix(30)
    }
}

extension Sequence where Element: Hashable {
    /// Each once, where it is first.
    package var unique: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
