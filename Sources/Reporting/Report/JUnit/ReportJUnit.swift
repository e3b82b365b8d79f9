import Verification

/// A report as JUnit XML: its checks, as `smoke --junit` writes them.
package enum ReportJUnit {
    package static func write(_ report: Report, to take: (String) -> Void) {
        JUnitDocument.write(document(report), to: take)
    }

    package static func render(_ report: Report) -> String { JUnitDocument.render(document(report)) }

    private static func document(_ report: Report) -> VerdictDocument {
        let verdict = Verdict(
            decidedBy: report.verdict.decidedBy ?? .allAsWanted, rule: report.verdict.rule, counts: report.counts)
        var document = VerdictDocument(SuiteRun(verdict: verdict, results: report.checks.map(result)), suites: [])
        document.suites = report.suites.map { group in
            VerdictDocument.SuiteSummary(
                suite: group.name, priority: group.priority ?? .p1, owner: group.owner ?? "", module: group.module,
                counts: group.counts, milliseconds: group.milliseconds)
        }
        return document
    }

    private static func result(_ check: ReportedCheck) -> CheckResult {
        var evidence = Evidence(url: check.url, traceID: check.trace)
        evidence.revision = check.answeredBy
        evidence.attempts = check.tries
        return CheckResult(
            id: check.id, suite: check.suite, priority: check.priority, status: check.status,
            milliseconds: check.milliseconds, attempts: check.attempts, evidence: evidence, summary: check.summary,
            cause: check.cause, fix: check.fix, policy: check.policy)
    }
}
