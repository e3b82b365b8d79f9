package import Verification

/// What a run of suites leaves for its report beside release document and journal. It is written while the run goes on, so
/// that what was measured before a kill is in the report of what took it up.
package struct RunEvidence: Codable, Hashable, Sendable {
    package static let schema = "stagectl.evidence/v1"

    /// The suites of one service against one of its revisions.
    package struct Part: Codable, Hashable, Sendable {
        package var target: MeasuredRevision
        package var verdict: VerdictDocument
        /// How to ask the same by hand, by `SUITE/ID`; of checks that did not pass. Secrets are names of variables.
        package var reproduction: [String: [String]]

        package init(
            target: MeasuredRevision, verdict: VerdictDocument, reproduction: [String: [String]] = [:]
        ) {
            self.target = target
            self.verdict = verdict
            self.reproduction = reproduction
        }
    }

    package var schema = RunEvidence.schema
    /// Nil for suites that were run on their own.
    package var run: String?
    package var environment: String
    /// The version of stagectl that measured.
    package var tool: String
    /// SHA-256 of the configuration that it went by, in lower-case hex; nil where nobody digested it.
    package var configuration: String?
    /// What each priority protects, by its name.
    package var protects: [String: String]
    /// All tests that there should be, of all services; nil without an index.
    package var index: SuiteIndex?
    package var parts: [Part]

    package init(
        run: String?, environment: String, tool: String, configuration: String? = nil, protects: [String: String] = [:],
        index: SuiteIndex? = nil, parts: [Part] = []
    ) {
        self.run = run
        self.environment = environment
        self.tool = tool
        self.configuration = configuration
        self.protects = protects
        self.index = index
        self.parts = parts
    }

    /// The suites of a service that were run again, as by `resume`, replace what was there of the same revision.
    package mutating func add(_ part: Part) {
        let names = Set(part.verdict.suites.map(\.suite))
        parts.removeAll { old in
            old.target.service == part.target.service && old.target.region == part.target.region
                && old.target.revision == part.target.revision
                && Set(old.verdict.suites.map(\.suite)).isSubset(of: names)
        }
        parts.append(part)
    }
}

/// What was measured: every result belongs to one of these.
package struct MeasuredRevision: Codable, Hashable, Sendable {
    package var service: String
    package var region: String?
    package var revision: String?
    /// `sha256:…` of its image.
    package var digest: String?
    package var commit: String?
    package var url: String?

    package init(
        service: String, region: String? = nil, revision: String? = nil, digest: String? = nil, commit: String? = nil,
        url: String? = nil
    ) {
        self.service = service
        self.region = region
        self.revision = revision
        self.digest = digest
        self.commit = commit
        self.url = url
    }
}
