package import Releases
package import Verification

/// Everything that a report is made from. What is not known is nil or empty, and the report says so.
package struct ReportSource: Sendable {
    /// What single checks came to in the last run before this one.
    package struct EarlierChecks: Sendable {
        package var run: String
        package var checks: [CheckOutcome]

        package init(run: String, checks: [CheckOutcome]) {
            self.run = run
            self.checks = checks
        }
    }

    /// Nil for suites that were run on their own.
    package var release: ReleaseDocument?
    package var plan: Plan?
    /// The journal.
    package var entries: [JournalEntry] = []
    package var evidence: RunEvidence
    /// Over all parts, of suites that were run on their own; a release has its own verdict.
    package var verdict: VerdictDocument?
    /// Of the same environment, newest first, without this one.
    package var earlier: [ReleaseDocument] = []
    package var earlierChecks: EarlierChecks?
    package var trends: [CheckTrend] = []
    package var prices = PriceTable.cloudRun
    /// RFC 3339.
    package var generated: String

    package init(evidence: RunEvidence, generated: String) {
        self.evidence = evidence
        self.generated = generated
    }
}
