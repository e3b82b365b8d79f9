package import Configuration

/// Everything that a verdict is decided from: what was reported, and what is known about how that came about.
package struct RunRecord: Hashable, Sendable {
    package var results: [CheckResult]
    package var expectations: [SuiteExpectation]
    package var gates: Gates
    /// What should have been measured; nil where nothing is known about it.
    package var target: MeasuredTarget?
    /// When the run took place.
    package var window: RunWindow?
    package var controls: [ControlResult]
    /// The tests that there should be; nil without an index.
    package var index: SuiteIndex?
    /// Skips of each suite in the last run that passed.
    package var acceptedSkips: [String: Int]
    /// The counts as a report states them, where results came with some.
    package var statedCounts: [String: Int]?
    /// Several runs as one, each judged by itself before: a suite may have run against each of several services.
    package var isMerged = false

    package init(
        results: [CheckResult], expectations: [SuiteExpectation] = [], gates: Gates = Gates(),
        target: MeasuredTarget? = nil, window: RunWindow? = nil, controls: [ControlResult] = [],
        index: SuiteIndex? = nil, acceptedSkips: [String: Int] = [:], statedCounts: [String: Int]? = nil
    ) {
        self.results = results
        self.expectations = expectations
        self.gates = gates
        self.target = target
        self.window = window
        self.controls = controls
        self.index = index
        self.acceptedSkips = acceptedSkips
        self.statedCounts = statedCounts
    }

    /// The results as they count: those whose evidence does not hold are no passes, and what the index lists and
    /// nobody ran is there as not run.
    package var effectiveResults: [CheckResult] {
        // Where everything holds, as it mostly does, thousands of results are not copied.
        var effective = results
        for index in results.indices {
            guard let refusal = EvidenceAudit.refusal(of: results[index], target: target, window: window) else {
                continue
            }
            effective[index] = refusal
        }
        let missing = missingResults
        return missing.isEmpty ? effective : effective + missing
    }

    private var missingResults: [CheckResult] {
        guard let index else { return [] }
        let priorities = Dictionary(results.map { ($0.suite, $0.priority) }) { first, _ in first }
        return IndexCoverage(index: index, results: results).missing.map { entry in
            CheckResult(
                id: entry.id, suite: entry.suite, priority: priorities[entry.suite] ?? .p1, status: .notRun,
                summary: CheckResult.missingFromRun)
        }
    }
}

extension CheckResult {
    package static let missingFromRun = "the test index lists it, and this run has no result of it"

    /// No result of the run, but of its index.
    package var isMissingFromRun: Bool { status == .notRun && summary == Self.missingFromRun }
}

/// What answers must come from to prove something about a release.
package struct MeasuredTarget: Codable, Hashable, Sendable {
    /// How answers say which revision gave them.
    package enum Identity: String, Codable, Hashable, Sendable {
        /// Every successful answer carries it.
        case everyAnswer
        /// Some answers do, or the platform's log.
        case elsewhere
    }

    /// `host:port` of every address of the release.
    package var authorities: Set<String>
    /// Who must answer; nil accepts any revision.
    package var revision: String?
    package var identity: Identity

    package init(authorities: Set<String>, revision: String? = nil, identity: Identity = .elsewhere) {
        self.authorities = Set(authorities.map { $0.lowercased() })
        self.revision = revision
        self.identity = identity
    }

    /// Whether an address is one of this target's; where none is known, every one is.
    package func includes(_ url: String) -> Bool {
        authorities.isEmpty || Self.authority(of: url).map(authorities.contains) ?? true
    }

    /// The part of an address that says where a request goes, in lower case; nil for what is no address.
    package static func authority(of url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        return host.isEmpty ? nil : host.lowercased()
    }
}

/// From when to when a run took place, in seconds since 1970.
package struct RunWindow: Codable, Hashable, Sendable {
    /// Clocks of two machines, and file systems that keep whole seconds, are that far apart.
    package static let tolerance = 2.0

    package var start: Double
    package var end: Double

    package init(start: Double, end: Double) {
        self.start = start
        self.end = end
    }

    package func contains(_ moment: Double) -> Bool {
        moment >= start - Self.tolerance && moment <= end + Self.tolerance
    }
}

/// What became of a check that had to fail.
package struct ControlResult: Codable, Hashable, Sendable {
    package enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
        /// It failed, as it had to.
        case failed
        /// It passed: the harness does not tell a failure from a success.
        case passed
        /// It could not be carried out, so it shows nothing.
        case unknown
    }

    package var suite: String
    package var id: String
    package var outcome: Outcome
    package var summary: String?

    package init(suite: String, id: String, outcome: Outcome, summary: String? = nil) {
        self.suite = suite
        self.id = id
        self.outcome = outcome
        self.summary = summary
    }
}
