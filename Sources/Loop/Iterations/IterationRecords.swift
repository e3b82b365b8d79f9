package import Releases
package import Verification

/// Whether what is deployed can be tested at all.
package struct ReadinessFinding: Codable, Hashable, Sendable {
    package struct Unready: Codable, Hashable, Sendable {
        package var service: String
        /// What the service itself has to say about it.
        package var diagnosis: [String]

        package init(service: String, diagnosis: [String]) {
            self.service = service
            self.diagnosis = diagnosis
        }
    }

    /// Empty where every service serves.
    package var unready: [Unready]
    package var seconds: Double

    package init(unready: [Unready], seconds: Double) {
        self.unready = unready
        self.seconds = seconds
    }
}

/// What an iteration's release came to.
package struct IterationRelease: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable, CaseIterable {
        /// It serves, or nothing had to change.
        case passed
        /// Its suites did not pass on the candidate, and what served before serves again.
        case refused
        /// It could not be built, did not get ready or was not healthy.
        case blocked
        /// A step is in doubt, or it waits for a person.
        case attention
        /// It never began: a lock, a permission, a configuration.
        case impossible
    }

    package var run: String
    package var state: State
    package var outcome: ReleaseOutcome?
    /// Those of which something was deployed.
    package var services: [String]
    /// What serves afterwards, by service.
    package var serving: [String: String]
    package var seconds: Double
    package var failure: Failure?
    /// What the suites came to on the candidate, where they refused it: known with the release, or not at all.
    package var verdict: IterationVerdict?

    package init(
        run: String, state: State, outcome: ReleaseOutcome? = nil, services: [String] = [],
        serving: [String: String] = [:], seconds: Double = 0, failure: Failure? = nil
    ) {
        self.run = run
        self.state = state
        self.outcome = outcome
        self.services = services
        self.serving = serving
        self.seconds = seconds
        self.failure = failure
    }
}

/// What the suites came to, as far as the loop decides by it.
package struct IterationVerdict: Codable, Hashable, Sendable {
    package enum Source: String, Codable, Hashable, Sendable, CaseIterable {
        /// The suites of what was deployed, on its candidate.
        case candidate
        /// The suites of all services, against what serves.
        case serving
    }

    package var source: Source
    package var result: Verdict.Result
    package var rule: String
    package var counts: [String: Int]
    /// Checks that passed, by priority.
    package var passed: [String: Int]
    package var failed: [CheckReference]
    /// Checks that passed only after a retry of their own.
    package var flaky: [String]
    /// In the index; nil without one.
    package var listed: Int?
    /// In the index and without a result.
    package var missing: Int
    /// In the index, and ran to an end of its own; nil where nobody counted.
    package var ranOfIndex: Int?
    /// In the index, and passed.
    package var passedOfIndex: Int?
    /// In the index, and failed.
    package var failedOfIndex: Int?
    package var seconds: Double

    package init(
        source: Source, result: Verdict.Result, rule: String, counts: [String: Int] = [:], passed: [String: Int] = [:],
        failed: [CheckReference] = [], flaky: [String] = [], listed: Int? = nil, missing: Int = 0, seconds: Double = 0
    ) {
        self.source = source
        self.result = result
        self.rule = rule
        self.counts = counts
        self.passed = passed
        self.failed = failed
        self.flaky = flaky
        self.listed = listed
        self.missing = missing
        self.seconds = seconds
    }

    /// A pass of everything that there should be. What the gates would forgive is not forgiven here: a check that did not
    /// run says nothing.
    package var isGoal: Bool {
        source == .serving && result == .pass && missing == 0 && counts["notRun"] ?? 0 == 0
            && counts["blocked"] ?? 0 == 0
    }

    /// Nothing failed for good: only retries made it pass.
    var isFlakyOnly: Bool { failed.isEmpty && !flaky.isEmpty && result == .fail }
}

/// Failed checks, asked again.
package struct RerunFinding: Codable, Hashable, Sendable {
    /// `SUITE/ID`.
    package var passed: [String]
    package var failed: [String]
    package var seconds: Double

    package init(passed: [String], failed: [String], seconds: Double = 0) {
        self.passed = passed
        self.failed = failed
        self.seconds = seconds
    }
}

/// What was found out about the failures, and where whoever mends them reads it.
package struct DiagnosisRecord: Codable, Hashable, Sendable {
    /// The folder that holds `brief.md` and `brief.json`.
    package var folder: String
    package var groups: [FailureGroup]
    package var seconds: Double

    package init(folder: String, groups: [FailureGroup] = [], seconds: Double = 0) {
        self.folder = folder
        self.groups = groups
        self.seconds = seconds
    }
}

/// What a fix came to, whoever made it.
package struct FixRecord: Codable, Hashable, Sendable {
    package struct Refusal: Codable, Hashable, Sendable {
        /// Nil where it is about no single file.
        package var path: String?
        package var rule: String
        package var why: String

        package init(path: String?, rule: String, why: String) {
            self.path = path
            self.rule = rule
            self.why = why
        }
    }

    package var files: [String]
    package var added: Int
    package var removed: Int
    /// The same for the same change, wherever it is made; nil for no change.
    package var identity: String?
    /// The tree that was judged, 40 hex digits, and that alone is committed; nil in journals before version 2.
    package var tree: String?
    package var refusals: [Refusal]
    /// Why nothing came of it: the command failed, its time was over, nothing changed, a command before the release failed.
    package var failure: String?
    /// Whether the failure is that it changed nothing.
    package var changedNothing: Bool
    /// What the fix says about itself, bounded.
    package var summary: String?
    /// US dollars; nil where the fix does not say.
    package var cost: Double?
    /// Where what it changed is kept as a patch; nil where it is committed or there was nothing.
    package var patch: String?
    package var seconds: Double

    /// It is worth a commit.
    package var isAccepted: Bool { failure == nil && refusals.isEmpty }

    package init(
        files: [String] = [], added: Int = 0, removed: Int = 0, identity: String? = nil, tree: String? = nil,
        refusals: [Refusal] = [], failure: String? = nil, changedNothing: Bool = false, summary: String? = nil,
        cost: Double? = nil,
        patch: String? = nil, seconds: Double = 0
    ) {
        self.files = files
        self.added = added
        self.removed = removed
        self.identity = identity
        self.tree = tree
        self.refusals = refusals
        self.failure = failure
        self.changedNothing = changedNothing
        self.summary = summary
        self.cost = cost
        self.patch = patch
        self.seconds = seconds
    }
}

/// The way back to the best iteration.
package struct RollbackRecord: Codable, Hashable, Sendable {
    package var run: String
    package var outcome: ReleaseOutcome?
    package var failure: Failure?
    package var seconds: Double

    package init(run: String, outcome: ReleaseOutcome?, failure: Failure? = nil, seconds: Double = 0) {
        self.run = run
        self.outcome = outcome
        self.failure = failure
        self.seconds = seconds
    }
}
