package import Releases
package import Verification

/// What is to be told of a run: one value, which every rendering shows. `stagectl.report/v1`.
package struct Report: Codable, Hashable, Sendable {
    package static let schemaName = "stagectl.report/v1"
    /// Grows in its second part when keys are added, in its first when one changes its meaning.
    package static let currentVersion = "1.0"

    package var schema = Report.schemaName
    package var schemaVersion = Report.currentVersion
    /// RFC 3339.
    package var generated: String
    package var tool: Tool
    package var subject: Subject
    package var verdict: ReportedVerdict
    package var counts: VerdictCounts
    package var priorities: [PriorityStanding] = []
    package var services: [ReportedService] = []
    /// What was measured; checks name them by their place in this list.
    package var targets: [MeasuredRevision] = []
    package var suites: [ReportedGroup] = []
    package var modules: [ReportedGroup] = []
    package var checks: [ReportedCheck] = []
    package var clusters: [FailureCluster] = []
    package var objectives: [ReportedObjective] = []
    /// Of all answers that were timed; nil for none.
    package var latency: LatencyDistribution?
    package var canaries: [ReportedCanary] = []
    package var health: [ReportedHealth] = []
    package var scalability: [ScalabilityFigure] = []
    /// Nil without an index of tests.
    package var index: IndexProgress?
    package var notRun: [NotRunGroup] = []
    package var waivers: [PolicyUse] = []
    /// Nil where no earlier run is known.
    package var changes: ReportedChanges?
    /// Places in `checks`, slowest first.
    package var slowest: [Int] = []
    /// Places in `checks`.
    package var flaky: [Int] = []
    package var unstable: [UnstableCheck] = []
    package var time: TimeAnalysis
    package var steps: [ReportedStep] = []
    package var traffic: [TrafficMoment] = []
    /// Oldest first, this run last.
    package var history: [PassRate] = []
    package var recommendations: [Recommendation] = []
    package var prices: PriceTable.Source?
    /// What a reader must know besides.
    package var notes: [String] = []
    /// Why the run ended as it did; nil where nothing stopped it.
    package var failure: Failure?

    package struct Tool: Codable, Hashable, Sendable {
        package var version: String
        /// SHA-256 of the configuration in lower-case hex; nil where it is not known.
        package var configuration: String?
    }

    package struct Subject: Codable, Hashable, Sendable {
        /// Nil for suites that were run on their own.
        package var run: String?
        /// `deploy`, `rollback`, `smoke`, …
        package var kind: String
        package var environment: String
        package var initiator: String?
        /// RFC 3339.
        package var started: String?
        package var finished: String?
        package var outcome: ReleaseOutcome?
        package var services: [String]
    }
}

/// What was decided, and why.
package struct ReportedVerdict: Codable, Hashable, Sendable {
    /// What a reader sees first.
    package enum Headline: String, Codable, Hashable, Sendable, CaseIterable {
        case release = "RELEASE"
        /// Nothing failed that would undo it, and nothing says that it may go on.
        case hold = "HOLD"
        case rolledBack = "ROLLED BACK"
        case failed = "FAILED"
        case needsAttention = "NEEDS ATTENTION"
    }

    package var headline: Headline
    package var result: Verdict.Result
    /// The rule that decided, in words.
    package var rule: String
    /// That rule's name; nil where no rule of checks decided.
    package var decidedBy: VerdictRule?
    /// One sentence that says what came of it.
    package var sentence: String
}
