import Verification

extension SuiteRun {
    /// Runs against several services as one: the verdict is decided again over all results, so that it is never
    /// better than the worst part.
    static func merging(_ runs: [SuiteRun], suites: [Suite], isNarrowed: Bool) -> SuiteRun {
        let results = runs.flatMap(\.results)
        let expectations = suites.map { suite in
            SuiteExpectation(
                suite: suite.name, minimumChecks: isNarrowed ? 1 : suite.inventory?.minimumChecks ?? 1,
                maximumSkipped: suite.inventory?.maximumSkipped ?? 0)
        }
        var redactor = Redactor()
        for run in runs { redactor.merge(run.redactor) }
        return SuiteRun(
            verdict: Verdict.decide(results, expecting: expectations), results: results,
            cleanup: runs.flatMap(\.cleanup), notes: runs.flatMap(\.notes), redactor: redactor)
    }
}
