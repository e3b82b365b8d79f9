import Testing
import Verification

@testable import Commands

/// Runs against several services as one.
@Suite struct SuiteRunMergingTests {
    private func run(_ suite: String, _ ids: [String], of index: SuiteIndex) -> SuiteRun {
        let results = ids.map { CheckResult(id: $0, suite: suite, priority: .p3, status: .passed, milliseconds: 1) }
        let record = RunRecord(results: results, index: index.limited(to: [suite]))
        return SuiteRun(verdict: Verdict.decide(record), results: record.effectiveResults)
    }

    /// What one part missed came as a result that was not run, and so was there for the whole.
    @Test func `what a part misses of the index is missing of the whole`() {
        let index = SuiteIndex(entries: [
            .init(suite: "a", id: "a.1"), .init(suite: "b", id: "b.1"), .init(suite: "b", id: "b.2"),
        ])
        let parts = [run("a", ["a.1"], of: index), run("b", ["b.1", "b.new"], of: index)]
        let suites = ["a", "b"].map { Suite(name: $0, priority: .p3) }
        let whole = SuiteRun.merging(parts, suites: suites, index: index, isNarrowed: false)
        #expect(whole.coverage?.missing.map(\.id) == ["b.2"])
        #expect(whole.coverage?.stale.map(\.id) == ["b.2"])
        #expect(whole.coverage?.new.map(\.id) == ["b.new"])
        #expect(whole.coverage?.ran == 2)
        #expect(whole.results.map(\.id) == ["a.1", "b.1", "b.new", "b.2"])
        #expect(whole.verdict.counts.total == 4)
    }
}
