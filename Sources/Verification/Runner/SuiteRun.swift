package import Configuration

/// What suites are run against.
package struct SuiteRunTarget: Sendable {
    package var url: String
    package var identity: RevisionIdentity?
    /// An answer of another revision is a failure; nil accepts any.
    package var expectedRevision: String?
    /// Sent as `X-Serverless-Authorization: Bearer …`. Never shown.
    package var identityToken: String?
    /// Meanings of references by full name: `deploy.revision`, `deploy.service_url`, `run.id`, …
    package var references: [String: String]
    /// Asked who answered, for a service that does not say; nil asks nobody.
    package var witness: TraceWitness?

    package init(
        url: String, identity: RevisionIdentity? = nil, expectedRevision: String? = nil, identityToken: String? = nil,
        references: [String: String] = [:], witness: TraceWitness? = nil
    ) {
        self.witness = witness
        self.url = url
        self.identity = identity
        self.expectedRevision = expectedRevision
        self.identityToken = identityToken
        self.references = references
    }
}

package struct SuiteRunOptions: Sendable {
    /// Checks at once.
    package var width: Int
    /// Lower priorities run although a higher one has failures.
    package var keepGoing: Bool
    package var today: CalendarDay
    /// Check ids whose failure is accepted for this run by name, with the reason (`--override check:ID=REASON`).
    package var overrides: [String: String]
    /// Checks were left out on request, so the number of checks that a suite promises cannot be asked for.
    package var isNarrowed: Bool

    package init(
        width: Int = 8, keepGoing: Bool = false, today: CalendarDay, overrides: [String: String] = [:],
        isNarrowed: Bool = false
    ) {
        self.width = max(1, width)
        self.keepGoing = keepGoing
        self.today = today
        self.overrides = overrides
        self.isNarrowed = isNarrowed
    }
}

/// Everything that came out of running suites. No text in it holds a secret.
package struct SuiteRun: Hashable, Sendable {
    package var verdict: Verdict
    package var results: [CheckResult]
    package var cleanup: [CheckResult]
    package var notes: [String]
    /// What is known about who answered, where the answers do not say.
    package var identity: String?
    /// Knows all secrets of the run, for other texts about it.
    package var redactor: Redactor

    package init(
        verdict: Verdict, results: [CheckResult], cleanup: [CheckResult] = [], notes: [String] = [],
        identity: String? = nil, redactor: Redactor = Redactor()
    ) {
        self.identity = identity
        self.verdict = verdict
        self.results = results
        self.cleanup = cleanup
        self.notes = notes
        self.redactor = redactor
    }
}
