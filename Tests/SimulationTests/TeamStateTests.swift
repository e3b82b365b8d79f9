import Simulation
import Testing

/// The short form of `scripts/simulate --store gcs`: the product's own code for a bucket, with requests that fail, answers
/// that are lost, and writes that arrive late.
@Suite struct TeamStateTests {
    @Test func `no rule is broken in the first histories over a bucket`() {
        let result = Campaign(first: 1, count: 80, threads: 2, keeping: .bucket).run()
        for found in result.violations.prefix(5) {
            Issue.record("seed \(found.seed): rule \(found.violation.rule): \(found.violation.text)")
        }
        #expect(result.count == 80)
        #expect((result.outcomes["promoted"] ?? 0) > 5 && (result.outcomes["failed"] ?? 0) > 5)
    }

    @Test func `over a bucket, too, one seed gives one history, on however many threads`() {
        let one = Campaign(first: 1000, count: 20, threads: 1, keeping: .bucket).run()
        let two = Campaign(first: 1000, count: 20, threads: 2, keeping: .bucket).run()
        #expect(one.digest == two.digest)
    }
}
