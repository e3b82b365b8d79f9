import Configuration
import Loop
import Reporting
import Verification

extension IterationVerdict {
    /// Several as one: the worst decides.
    ///
    /// - Parameters:
    ///   - index: of all that the loop is about.
    ///   - whole: what they came to together, where that was decided.
    init(
        _ source: Source, of parts: [RunEvidence.Part], index: SuiteIndex? = nil,
        decidedBy whole: VerdictDocument? = nil
    ) {
        let decisive = whole ?? parts.map(\.verdict).min { $0.result < $1.result }
        self.init(source: source, result: decisive?.result ?? .incomplete, rule: decisive?.rule ?? "no check ran")
        for part in parts {
            if whole == nil { counts.merge(part.verdict.counts.dictionary, uniquingKeysWith: +) }
            for check in part.verdict.checks { take(check, of: part.target) }
        }
        if let whole { counts = whole.counts.dictionary }
        // Each part knows of its own tests alone.
        let results = parts.flatMap(\.verdict.checks).filter { !$0.isMissingFromRun }
        let coverage = whole?.index ?? index.map { IndexCoverage(index: $0, results: results) }
        listed = coverage?.listed
        missing = coverage?.missing.count ?? 0
        ranOfIndex = coverage?.ran
        guard let index else { return }
        let listedEntries = Set(index.entries)
        func count(_ statuses: [CheckStatus]) -> Int {
            let found = results.filter { statuses.contains($0.status) }
            return listedEntries.intersection(found.map { SuiteIndex.Entry(suite: $0.suite, id: $0.id) }).count
        }
        passedOfIndex = count([.passed, .flaky])
        failedOfIndex = count([.failed, .error, .xpass])
    }

    private mutating func take(_ check: CheckResult, of target: MeasuredRevision) {
        switch check.status {
        case .passed: passed[check.priority.rawValue, default: 0] += 1
        case .flaky:
            passed[check.priority.rawValue, default: 0] += 1
            flaky.append("\(check.suite)/\(check.id)")
        case .failed, .error, .xpass:
            failed.append(
                CheckReference(
                    suite: check.suite, id: check.id, service: target.service, region: target.region,
                    priority: check.priority, status: check.status))
        default: break
        }
    }
}
