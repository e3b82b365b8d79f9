import Configuration

/// The rules of a verdict, each a question with the first objection as its answer.
struct VerdictDecision {
    typealias Objection = (VerdictRule, String)

    /// One alone says more about the network than about the release; 2 % is where more begins to say something.
    private static let toleratedFlakyPercent = 2

    let record: RunRecord
    let results: [CheckResult]
    /// Places in the results: of thousands there is one list.
    private let bySuite: [String: [Int]]

    init(_ record: RunRecord) {
        self.record = record
        let results = record.effectiveResults
        self.results = results
        bySuite = Dictionary(grouping: results.indices) { results[$0].suite }
    }

    private func results(of suite: String) -> [CheckResult] { (bySuite[suite] ?? []).map { results[$0] } }

    func objection(_ counts: VerdictCounts) -> Objection? {
        falsehood() ?? failure() ?? incompleteness(counts) ?? shortfall() ?? unproven(counts) ?? doubt(counts)
    }

    // MARK: - What cannot be true

    private func falsehood() -> Objection? {
        var seen: Set<SuiteIndex.Entry> = []
        let twice = record.results.filter { !seen.insert(SuiteIndex.Entry(suite: $0.suite, id: $0.id)).inserted }
        if !twice.isEmpty, !record.isMerged { return (.duplicateIds, "results have the same id: \(Self.names(twice))") }
        if let stated = record.statedCounts, let words = Self.mismatch(stated, record.results) {
            return (.countMismatch, words)
        }
        let passed = record.controls.filter { $0.outcome == .passed }
        if !passed.isEmpty {
            return (
                .controlPassed,
                "controls passed that must fail, so a pass means nothing: \(Self.names(passed.map { ($0.suite, $0.id) }))"
            )
        }
        return nil
    }

    private static func mismatch(_ stated: [String: Int], _ results: [CheckResult]) -> String? {
        let counted = VerdictCounts(results.map(\.status)).dictionary
        for key in stated.keys.sorted() where stated[key] != counted[key] ?? 0 {
            return "the report states \(stated[key] ?? 0) \(key), its results are \(counted[key] ?? 0)"
        }
        return nil
    }

    // MARK: - What failed

    private func failure() -> Objection? {
        if let ids = list({ $0.status == .failed }) { return (.failed, "checks failed: \(ids)") }
        if let ids = list({ $0.status == .error }) { return (.error, "checks could not be carried out: \(ids)") }
        if let ids = list({ $0.status == .xpass }) {
            return (
                .unexpectedPass,
                "checks passed that a policy expects to fail, so the policy is out of date: \(ids)"
            )
        }
        if let ids = list({ $0.status == .flaky && $0.priority.forbidsFlaky }) {
            return (.flakyCritical, "checks of P1 or P2 passed only after a retry: \(ids)")
        }
        return nil
    }

    // MARK: - What is missing

    private func incompleteness(_ counts: VerdictCounts) -> Objection? {
        if results.isEmpty { return (.nothingRan, "no check ran") }
        if counts[.notRun] == counts.total { return (.nothingRan, "no check ran of \(counts.total)") }
        // Those that the index alone knows are a matter of its coverage.
        if let ids = list({ $0.status == .notRun && $0.summary != CheckResult.missingFromRun }) {
            return (.notRun, "checks were not run: \(ids)")
        }
        if let ids = list({ $0.status == .blocked }) { return (.blocked, "checks were blocked by others: \(ids)") }
        guard let index = record.index else { return nil }
        let coverage = IndexCoverage(index: index, results: record.results)
        let wanted = record.gates.indexCoverage ?? 100
        guard coverage.ran * 100 < coverage.listed * wanted else { return nil }
        let missing =
            coverage.missing.isEmpty ? "" : ", missing: \(Self.names(coverage.missing.map { ($0.suite, $0.id) }))"
        return (
            .indexCoverage,
            "\(coverage.ran) of \(Counted.text(coverage.listed, "test")) of the index ran, \(wanted) % are asked for\(missing)"
        )
    }

    private func shortfall() -> Objection? {
        for suite in bySuite.keys.sorted() where !record.expectations.contains(where: { $0.suite == suite }) {
            if let objection = shortfall(SuiteExpectation(suite: suite)) { return objection }
        }
        for expectation in record.expectations {
            if let objection = shortfall(expectation) { return objection }
        }
        return nil
    }

    private func shortfall(_ expectation: SuiteExpectation) -> Objection? {
        let suite = expectation.suite
        let own = results(of: suite)
        let skipped = own.count { $0.status == .skipped }
        if skipped > expectation.maximumSkipped {
            return (
                .tooManySkips,
                "`\(suite)` skipped \(Counted.text(skipped, "check")), \(expectation.maximumSkipped) are allowed"
            )
        }
        if let before = record.acceptedSkips[suite], skipped > before, record.gates.skipsMayGrow != true {
            return (
                .skipsGrew,
                "`\(suite)` skipped \(Counted.text(skipped, "check")), \(before) in the last run that passed"
            )
        }
        // One that was left out is no check that there is.
        let there = own.count { $0.status != .notRun }
        if there < expectation.minimumChecks {
            return (
                .tooFewChecks,
                "`\(suite)` has \(Counted.text(there, "check")), \(expectation.minimumChecks) are expected"
            )
        }
        return nil
    }

    private func unproven(_ counts: VerdictCounts) -> Objection? {
        // Waivers, quarantine and expected failures alone prove nothing.
        if counts[.passed] + counts[.flaky] == 0 { return (.nothingPassed, "no check passed") }
        for suite in bySuite.keys.sorted() {
            let passes = results(of: suite).filter { $0.status == .passed || $0.status == .flaky }
            if passes.isEmpty { return (.nothingPassed, "no check of `\(suite)` passed") }
            if EvidenceAudit.missesTarget(passes, record.target) {
                return (.wrongTarget, "no check of `\(suite)` asked the target, so it says nothing about it")
            }
        }
        let unknown = record.controls.filter { $0.outcome == .unknown }
        if !unknown.isEmpty {
            return (
                .controlUnknown,
                "controls could not be carried out: \(Self.names(unknown.map { ($0.suite, $0.id) }))"
            )
        }
        let excused = counts[.waived] + counts[.quarantined] + counts[.xfail]
        if let allowed = record.gates.maximumExcused, excused > allowed {
            return (
                .tooManyExcused,
                "\(excused) failures are waived, quarantined or expected, \(allowed) are allowed here"
            )
        }
        return nil
    }

    // MARK: - What is in doubt

    private func doubt(_ counts: VerdictCounts) -> Objection? {
        let percent = record.gates.maximumFlaky ?? Self.toleratedFlakyPercent
        let allowed = percent == 0 ? 0 : max(1, counts.total * percent / 100)
        guard counts[.flaky] > allowed, let ids = list({ $0.status == .flaky }) else { return nil }
        return (
            .tooManyFlaky,
            "\(Counted.text(counts[.flaky], "check")) passed only after a retry, \(allowed) is tolerated: \(ids)"
        )
    }

    // MARK: - Words

    private func list(_ condition: (CheckResult) -> Bool) -> String? {
        let found = results.filter(condition)
        return found.isEmpty ? nil : Self.names(found)
    }

    private static func names(_ results: [CheckResult]) -> String { names(results.map { ($0.suite, $0.id) }) }

    private static func names(_ names: [(suite: String, id: String)]) -> String {
        let shown = names.prefix(5).map { "\($0.suite)/\($0.id)" }.joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }
}
