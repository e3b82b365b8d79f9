/// What earlier runs against an environment came to, the latest last.
package struct VerificationHistory: Hashable, Sendable {
    /// BuildPulse and Trunk ask for ten results before they speak of flakiness; five that all failed are enough to
    /// say that a check does not flake but is broken.
    package static let runsThatProveBroken = 5

    package var runs: [RecordedRun]

    package init(runs: [RecordedRun] = []) {
        self.runs = runs
    }

    /// The skips of each suite when it last was part of a run that passed.
    package var acceptedSkips: [String: Int] {
        var skips: [String: Int] = [:]
        for run in runs where run.result == .pass && !run.isNarrowed {
            skips.merge(run.skips) { _, later in later }
        }
        return skips
    }

    /// Whether the check failed in every run that it had, of which there were enough.
    package func isBroken(_ entry: SuiteIndex.Entry) -> Bool {
        let ended = runs.compactMap { $0.outcome(of: entry) }.suffix(Self.runsThatProveBroken)
        return ended.count == Self.runsThatProveBroken && !ended.contains(true)
    }

    /// What is to be said about checks of this run that passed and failed on its very image before; nil for nothing.
    package func flakiness(on digest: String?, among results: [CheckResult]) -> String? {
        guard let digest else { return nil }
        let entries = Set(results.map { SuiteIndex.Entry(suite: $0.suite, id: $0.id) })
        let flaky = flaky(on: digest).intersection(entries).sorted()
        guard !flaky.isEmpty else { return nil }
        let names = flaky.prefix(5).map { "\($0.suite)/\($0.id)" }.joined(separator: ", ")
        return "passed and failed before on this very image: \(names)"
            + (flaky.count > 5 ? " and \(flaky.count - 5) more" : "")
    }

    /// Checks that passed and failed on one and the same image.
    package func flaky(on digest: String) -> Set<SuiteIndex.Entry> {
        var outcomes: [SuiteIndex.Entry: Set<Bool>] = [:]
        for run in runs where run.digest == digest {
            for outcome in run.outcomes {
                outcomes[outcome.entry, default: []].insert(outcome.passed)
            }
        }
        return Set(outcomes.filter { $0.value.count > 1 }.keys)
    }
}

/// One run as it is remembered.
package struct RecordedRun: Hashable, Sendable {
    package struct Outcome: Hashable, Sendable {
        package var entry: SuiteIndex.Entry
        package var passed: Bool

        package init(entry: SuiteIndex.Entry, passed: Bool) {
            self.entry = entry
            self.passed = passed
        }
    }

    /// In seconds since 1970.
    package var startedAt: Double
    package var result: Verdict.Result
    /// Only a selection of the checks was run.
    package var isNarrowed: Bool
    /// The image that was tested; nil where that is not known.
    package var digest: String?
    /// Skipped checks of each suite, suites without any included.
    package var skips: [String: Int]
    /// Of all checks, or of those that somebody asks about.
    package var outcomes: [Outcome]

    package init(
        startedAt: Double, result: Verdict.Result, isNarrowed: Bool = false, digest: String? = nil,
        skips: [String: Int] = [:], outcomes: [Outcome] = []
    ) {
        self.startedAt = startedAt
        self.result = result
        self.isNarrowed = isNarrowed
        self.digest = digest
        self.skips = skips
        self.outcomes = outcomes
    }

    package init(_ run: SuiteRun, startedAt: Double, isNarrowed: Bool, digest: String?) {
        var skips: [String: Int] = [:]
        for result in run.results { skips[result.suite, default: 0] += result.status == .skipped ? 1 : 0 }
        // What a single runner skipped, besides what its suite did.
        for runner in run.runners { skips["\(runner.suite)/\(runner.check)"] = runner.skipped }
        self.init(
            startedAt: startedAt, result: run.verdict.result, isNarrowed: isNarrowed, digest: digest, skips: skips,
            outcomes: run.results.compactMap { result in
                result.status.sawSuccess.map {
                    Outcome(entry: SuiteIndex.Entry(suite: result.suite, id: result.id), passed: $0)
                }
            })
    }

    fileprivate func outcome(of entry: SuiteIndex.Entry) -> Bool? {
        outcomes.first { $0.entry == entry }?.passed
    }
}

extension Suite {
    /// The checks that a quarantine speaks of: what they came to in earlier runs decides whether it counts.
    package var quarantined: [SuiteIndex.Entry] {
        let patterns = policies.filter { $0.kind == .quarantine }
        guard !patterns.isEmpty else { return [] }
        return checks.filter { check in patterns.contains { $0.matches(check.id) || $0.matches(check.baseID) } }
            .map { SuiteIndex.Entry(suite: name, id: $0.id) }
    }
}

extension CheckStatus {
    /// What the check saw, whatever a policy made of it; nil where it saw nothing.
    fileprivate var sawSuccess: Bool? {
        switch self {
        case .passed, .flaky, .xpass: true
        case .failed, .xfail, .waived, .quarantined: false
        // Nobody knows what it would have seen.
        case .error, .skipped, .blocked, .notRun: nil
        }
    }
}
