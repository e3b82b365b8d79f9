package import Configuration

/// Which part of a whole a verdict is about, and what the whole is.
package struct ShardRecord: Codable, Hashable, Sendable {
    /// From 1.
    package var index: Int
    package var count: Int
    package var whole: ShardedRun
    /// When this part ran.
    package var window: RunWindow

    package init(_ shard: SuiteSelection.Shard, of whole: ShardedRun, window: RunWindow) {
        index = shard.index
        count = shard.count
        self.whole = whole
        self.window = window
    }
}

/// What all parts of one run have in common: the checks that there are, what is expected of them, and what they are
/// run against. From it the verdict over all parts is decided, without the configuration that they were read from.
package struct ShardedRun: Codable, Hashable, Sendable {
    package struct Suite: Codable, Hashable, Sendable {
        package var name: String
        package var priority: Priority
        package var owner: String
        package var module: String?
        package var minimumChecks: Int
        package var maximumSkipped: Int
        package var checks: [String]
        /// Whose target it is run against, as ``Target/service`` names it.
        package var service: String?
        /// Those of its checks that run somebody else's tests; nil for none.
        package var runners: [Runner]?

        /// - Parameter isNarrowed: checks were left out on request, besides those of other parts.
        package init(_ suite: Verification.Suite, isNarrowed: Bool, service: String? = nil) {
            self.service = service
            name = suite.name
            priority = suite.priority
            owner = suite.owner
            module = suite.module
            minimumChecks = isNarrowed ? 1 : suite.inventory?.minimumChecks ?? 1
            maximumSkipped = suite.inventory?.maximumSkipped ?? 0
            checks = suite.checks.map(\.id)
            let runners = suite.checks.compactMap { Runner($0, of: suite) }
            if !runners.isEmpty { self.runners = runners }
        }
    }

    /// What is expected of the tests of an external runner, whichever parts ran them.
    package struct Runner: Codable, Hashable, Sendable {
        package var check: String
        package var minimumTests: Int
        package var maximumNewSkips: Int?
        /// Every part ran its share of them.
        package var isShared: Bool

        fileprivate init?(_ check: Check, of suite: Verification.Suite) {
            guard let runner = check.runner else { return nil }
            self.check = check.id
            minimumTests = runner.minimumTests
            maximumNewSkips = runner.maximumNewSkips
            isShared = suite.isShared([check.id])
        }
    }

    package struct Target: Codable, Hashable, Sendable {
        package var service: String
        package var revision: String?
        /// The image's digest.
        package var digest: String?
        package var measured: MeasuredTarget?

        package init(service: String, revision: String?, digest: String?, measured: MeasuredTarget?) {
            self.service = service
            self.revision = revision
            self.digest = digest
            self.measured = measured
        }
    }

    package var environment: String
    /// A suite that several services share is here once for each.
    package var suites: [Suite]
    package var targets: [Target]
    package var gates: Gates
    /// The tests that there should be; nil without an index, and where checks were left out on request.
    package var index: SuiteIndex?
    /// Skips of each suite in the last run that passed, as far as the machine of this part knows.
    package var acceptedSkips: [String: Int]

    package init(
        environment: String, suites: [Suite], targets: [Target], gates: Gates, index: SuiteIndex?,
        acceptedSkips: [String: Int] = [:]
    ) {
        self.environment = environment
        self.suites = suites
        self.targets = targets
        self.gates = gates
        self.index = index
        self.acceptedSkips = acceptedSkips
    }

    /// What this one has that the other has not; nil where both are parts of one run.
    func difference(from other: ShardedRun) -> String? {
        if environment != other.environment {
            return "environment `\(environment)` instead of `\(other.environment)`"
        }
        let revisions = { (run: ShardedRun) in run.targets.map { "\($0.service) \($0.revision ?? $0.digest ?? "?")" } }
        if targets != other.targets {
            let (own, others) = (revisions(self), revisions(other))
            return own == others
                ? "another address" : "revision \(Self.listed(own)) instead of \(Self.listed(others))"
        }
        if suites != other.suites { return "other suites or checks" }
        if index != other.index { return "another test index" }
        if gates != other.gates { return "other gates" }
        return nil
    }

    private static func listed(_ names: [String]) -> String {
        names.map { "`\($0)`" }.joined(separator: ", ")
    }
}
