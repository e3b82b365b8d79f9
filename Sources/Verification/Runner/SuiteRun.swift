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
    /// When the platform ends a request; nil where that is not known.
    package var requestTimeoutMilliseconds: Double?

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
    package var gates: Gates
    /// The tests that there should be, of all suites; nil without an index.
    package var index: SuiteIndex?
    /// What is known of earlier runs.
    package var history: VerificationHistory
    /// The moment when the run starts, in seconds since 1970; nil leaves times out of the evidence.
    package var startedAt: Double?
    /// Asked before everything else; nil where all have the same chance to fail.
    package var first: FirstChecks?

    package init(
        width: Int = 8, keepGoing: Bool = false, today: CalendarDay, overrides: [String: String] = [:],
        isNarrowed: Bool = false, gates: Gates = Gates(), index: SuiteIndex? = nil,
        history: VerificationHistory = VerificationHistory(), startedAt: Double? = nil
    ) {
        self.gates = gates
        self.index = index
        self.history = history
        self.startedAt = startedAt
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
    /// Policies that do not count, each with its place.
    package var findings: [Finding]
    package var controls: [ControlResult]
    /// How the results compare with the test index; nil without one.
    package var coverage: IndexCoverage?
    /// What is known about who answered, where the answers do not say.
    package var identity: String?
    package var policies: [PolicyUse]
    package var runners: [RunnerRecord] = []
    /// Knows all secrets of the run, for other texts about it.
    package var redactor: Redactor

    package init(
        verdict: Verdict, results: [CheckResult], cleanup: [CheckResult] = [], notes: [String] = [],
        findings: [Finding] = [], controls: [ControlResult] = [], coverage: IndexCoverage? = nil,
        identity: String? = nil, policies: [PolicyUse] = [], redactor: Redactor = Redactor()
    ) {
        self.policies = policies
        self.findings = findings
        self.controls = controls
        self.coverage = coverage
        self.identity = identity
        self.verdict = verdict
        self.results = results
        self.cleanup = cleanup
        self.notes = notes
        self.redactor = redactor
    }
}
