/// How the results of a run compare with the tests that there should be.
package struct IndexCoverage: Codable, Hashable, Sendable {
    package var listed: Int
    /// Listed, and ran to an end of its own: not skipped, not blocked, not left out.
    package var ran: Int
    /// Listed, and without any result.
    package var missing: [SuiteIndex.Entry]
    /// Missing although its suite ran: it was taken out or renamed, and the index was not.
    package var stale: [SuiteIndex.Entry]
    /// Ran, and is not listed.
    package var new: [SuiteIndex.Entry]

    package init(index: SuiteIndex, results: [CheckResult]) {
        let listed = Set(index.entries)
        var seen: Set<SuiteIndex.Entry> = []
        var ended: Set<SuiteIndex.Entry> = []
        for result in results {
            let entry = SuiteIndex.Entry(suite: result.suite, id: result.id)
            seen.insert(entry)
            if result.status.hasRun { ended.insert(entry) }
        }
        let suites = Set(results.map(\.suite))
        self.listed = listed.count
        ran = listed.intersection(ended).count
        missing = listed.subtracting(seen).sorted()
        stale = missing.filter { suites.contains($0.suite) }
        new = seen.subtracting(listed).sorted()
    }

    /// In whole percent, rounded down: 465 of 466 are not 100 %.
    package var percent: Int { listed == 0 ? 100 : ran * 100 / listed }
}

extension CheckStatus {
    /// Whether the check was carried out and ended by itself.
    package var hasRun: Bool {
        switch self {
        case .passed, .failed, .flaky, .error, .xfail, .xpass, .waived, .quarantined: true
        case .skipped, .blocked, .notRun: false
        }
    }
}
