import Configuration
import Verification

extension SuiteRun {
    /// Runs against several services as one: the verdict is decided again over all results, and the worst part
    /// decides where it is worse.
    static func merging(
        _ runs: [SuiteRun], suites: [Suite], gates: Gates = Gates(), index: SuiteIndex? = nil, isNarrowed: Bool
    ) -> SuiteRun {
        let expectations = suites.map { suite in
            SuiteExpectation(
                suite: suite.name, minimumChecks: isNarrowed ? 1 : suite.inventory?.minimumChecks ?? 1,
                maximumSkipped: suite.inventory?.maximumSkipped ?? 0)
        }
        // What a part missed is asked of the whole again: as a result it would count as there.
        var record = RunRecord(
            results: runs.flatMap(\.results).filter { !$0.isMissingFromRun }, expectations: expectations, gates: gates,
            controls: runs.flatMap(\.controls), index: isNarrowed ? nil : index)
        record.isMerged = true
        var redactor = Redactor()
        for run in runs { redactor.merge(run.redactor) }
        var merged = SuiteRun(
            verdict: Verdict.worst(Verdict.decide(record), runs.map(\.verdict)), results: record.effectiveResults,
            cleanup: runs.flatMap(\.cleanup), notes: runs.flatMap(\.notes), findings: runs.flatMap(\.findings),
            controls: record.controls,
            coverage: record.index.map { IndexCoverage(index: $0, results: record.results) },
            policies: runs.flatMap(\.policies), redactor: redactor)
        merged.runners = runs.flatMap(\.runners)
        return merged
    }
}
