package import Configuration

/// `stagectl smoke -o json`.
package struct VerdictDocument: Codable, Hashable, Sendable {
    package static let schema = "stagectl.verdict/v1"

    package struct SuiteSummary: Codable, Hashable, Sendable {
        package var suite: String
        package var priority: Priority
        package var owner: String
        package var module: String?
        package var counts: VerdictCounts
        package var milliseconds: Double

        package init(
            suite: String, priority: Priority, owner: String, module: String? = nil, counts: VerdictCounts,
            milliseconds: Double
        ) {
            self.suite = suite
            self.priority = priority
            self.owner = owner
            self.module = module
            self.counts = counts
            self.milliseconds = milliseconds
        }
    }

    package var schema: String
    package var result: Verdict.Result
    package var rule: String
    /// The rule's name, which does not change with its words.
    package var decidedBy: VerdictRule
    package var counts: VerdictCounts
    package var suites: [SuiteSummary]
    package var checks: [CheckResult]
    /// Cleanup requests: reported apart, they hide no failure and cause none.
    package var cleanup: [CheckResult]
    /// What a reader must know besides: policies that did not apply, a selection that left checks out.
    package var notes: [String]
    /// Policies that do not count, each with file, line and column.
    package var findings: [Finding]
    /// What known problems there are, and how long their policies still hold.
    package var policies: [PolicyUse]
    /// Checks that had to fail, and what became of them; no part of the counts.
    package var controls: [ControlResult]
    /// How the results compare with the test index; null without one.
    package var index: IndexCoverage?
    /// What external runners came to, used, and asked; left out where there was none.
    package var runners: [RunnerRecord]?
    /// Which part of which whole this is; null for a whole.
    package var shard: ShardRecord?
    /// The parts that this was made of; null unless it was.
    package var shards: ShardSummary?

    package init(_ run: SuiteRun, suites: [Suite], shard: ShardRecord? = nil) {
        self.shard = shard
        let checks = run.results
        schema = Self.schema
        result = run.verdict.result
        rule = run.verdict.rule
        decidedBy = run.verdict.decidedBy
        counts = run.verdict.counts
        self.suites = suites.map { suite in
            let own = checks.filter { $0.suite == suite.name }
            return SuiteSummary(
                suite: suite.name, priority: suite.priority, owner: suite.owner, module: suite.module,
                counts: VerdictCounts(own.map(\.status)), milliseconds: own.reduce(0) { $0 + $1.milliseconds })
        }
        self.checks = checks
        cleanup = run.cleanup
        notes = run.notes
        findings = run.findings
        policies = run.policies
        controls = run.controls
        index = run.coverage
        runners = run.runners.isEmpty ? nil : run.runners
    }
}
