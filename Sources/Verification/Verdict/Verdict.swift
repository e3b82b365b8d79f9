/// What a set of results means for a release. Pure: the same results give the same verdict anywhere.
package struct Verdict: Codable, Hashable, Sendable {
    /// Better results never give a worse verdict; `pass` is the only one that lets a release go on.
    package enum Result: String, Codable, Hashable, Sendable, CaseIterable {
        case fail, incomplete, inconclusive, pass
    }

    package var result: Result
    /// The rule that decided, in words, with the checks it is about.
    package var rule: String
    package var counts: VerdictCounts

    package init(result: Result, rule: String, counts: VerdictCounts) {
        self.result = result
        self.rule = rule
        self.counts = counts
    }
}

/// What a suite promises to contain.
package struct SuiteExpectation: Codable, Hashable, Sendable {
    package var suite: String
    package var minimumChecks: Int
    package var maximumSkipped: Int

    package init(suite: String, minimumChecks: Int = 1, maximumSkipped: Int = 0) {
        self.suite = suite
        self.minimumChecks = minimumChecks
        self.maximumSkipped = maximumSkipped
    }
}

extension Verdict {
    /// Decides. A suite without an expectation is allowed nothing: at least one check, no skip.
    package static func decide(_ results: [CheckResult], expecting expectations: [SuiteExpectation]) -> Verdict {
        let effective = results.map(Self.effective)
        let counts = VerdictCounts(effective.map(\.status))
        assert(counts.addUp && counts.total == results.count, "counts must add up to the number of results")
        let decided =
            failure(effective) ?? incompleteness(effective, expectations) ?? doubt(effective, counts)
            ?? (.pass, "all \(counts.total) checks ended as wanted, with nothing skipped beyond what is allowed")
        return Verdict(result: decided.0, rule: decided.1, counts: counts)
    }

    /// A pass that shows no answer from anywhere is not a pass.
    package static func effective(_ result: CheckResult) -> CheckResult {
        guard result.status == .passed || result.status == .flaky else { return result }
        guard !result.evidence.showsAnAnswer || result.attempts < 1 else { return result }
        var changed = result
        changed.status = .error
        changed.summary = "passed without evidence: no answer was recorded"
        return changed
    }

    private static func failure(_ results: [CheckResult]) -> (Result, String)? {
        if let ids = list(results, where: { $0.status == .failed }) { return (.fail, "checks failed: \(ids)") }
        if let ids = list(results, where: { $0.status == .error }) {
            return (.fail, "checks could not be carried out: \(ids)")
        }
        if let ids = list(results, where: { $0.status == .xpass }) {
            return (.fail, "checks passed that a policy expects to fail, so the policy is out of date: \(ids)")
        }
        if let ids = list(results, where: { $0.status == .flaky && $0.priority.forbidsFlaky }) {
            return (.fail, "checks of P1 or P2 passed only after a retry: \(ids)")
        }
        return nil
    }

    private static func incompleteness(
        _ results: [CheckResult], _ expectations: [SuiteExpectation]
    ) -> (Result, String)? {
        if results.isEmpty { return (.incomplete, "no check ran") }
        if let ids = list(results, where: { $0.status == .notRun }) {
            return (.incomplete, "checks were not run: \(ids)")
        }
        if let ids = list(results, where: { $0.status == .blocked }) {
            return (.incomplete, "checks were blocked by others: \(ids)")
        }
        let bySuite = Dictionary(grouping: results, by: \.suite)
        for suite in bySuite.keys.sorted() where !expectations.contains(where: { $0.suite == suite }) {
            if let rule = shortfall(bySuite[suite] ?? [], SuiteExpectation(suite: suite)) { return (.incomplete, rule) }
        }
        for expectation in expectations {
            if let rule = shortfall(bySuite[expectation.suite] ?? [], expectation) { return (.incomplete, rule) }
        }
        // Waivers, quarantine and expected failures alone prove nothing.
        if !results.contains(where: { $0.status == .passed || $0.status == .flaky }) {
            return (.incomplete, "no check passed")
        }
        return nil
    }

    private static func shortfall(_ results: [CheckResult], _ expectation: SuiteExpectation) -> String? {
        let skipped = results.count { $0.status == .skipped }
        let ran = results.count - skipped
        if skipped > expectation.maximumSkipped {
            return "`\(expectation.suite)` skipped \(skipped) checks, \(expectation.maximumSkipped) are allowed"
        }
        if ran + min(skipped, expectation.maximumSkipped) < expectation.minimumChecks {
            return "`\(expectation.suite)` has \(results.count) checks, \(expectation.minimumChecks) are expected"
        }
        return nil
    }

    private static func doubt(_ results: [CheckResult], _ counts: VerdictCounts) -> (Result, String)? {
        // More than 2 % flaky says more about the run than about the release; one alone is tolerated and listed.
        let allowed = max(1, counts.total / 50)
        guard counts[.flaky] > allowed, let ids = list(results, where: { $0.status == .flaky }) else { return nil }
        return (.inconclusive, "\(counts[.flaky]) checks passed only after a retry, \(allowed) is tolerated: \(ids)")
    }

    private static func list(_ results: [CheckResult], where condition: (CheckResult) -> Bool) -> String? {
        let ids = results.filter(condition).map { "\($0.suite)/\($0.id)" }
        guard !ids.isEmpty else { return nil }
        let shown = ids.prefix(5).joined(separator: ", ")
        return ids.count > 5 ? "\(shown) and \(ids.count - 5) more" : shown
    }
}
