import Configuration

/// How the results of a run compare with the tests that there should be.
package struct IndexCoverage: Codable, Hashable, Sendable {
    package var listed: Int
    /// Listed, and ran to an end of its own: not skipped, not blocked, not left out.
    package var ran: Int
    /// Listed, and without any result.
    package var missing: [SuiteIndex.Entry]
    /// Missing although its suite ran: it was taken out or renamed, and the index was not.
    package var stale: [SuiteIndex.Entry]
    /// Ran, and is neither listed nor in a suite beside the index.
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
        new = seen.subtracting(listed).filter { index.beside?.contains($0.suite) != true }.sorted()
    }

    /// For people: how many of how many, and which kinds of difference there are.
    package var line: String {
        let differences = [("missing", missing.count - stale.count), ("stale", stale.count), ("new", new.count)]
        let seen = differences.filter { $0.1 > 0 }.map { ", \($0.1) \($0.0)" }.joined()
        return "index: \(ran) of \(Counted.text(listed, "test")) ran\(seen)"
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
