import Simulation
import Testing

@Suite struct SimulationTests {
    @Test func `no rule is broken in the first histories`() {
        let result = Campaign(first: 1, count: 300, threads: 2).run()
        for found in result.violations.prefix(5) {
            Issue.record("seed \(found.seed): rule \(found.violation.rule): \(found.violation.text)")
        }
        #expect(result.count == 300)
        #expect(result.faults > 300, "the histories are not quiet ones")
        #expect((result.outcomes["promoted"] ?? 0) > 30 && (result.outcomes["failed"] ?? 0) > 30)
    }

    @Test func `one seed gives one history, on however many threads`() {
        let one = Campaign(first: 1000, count: 60, threads: 1).run()
        let two = Campaign(first: 1000, count: 60, threads: 2).run()
        #expect(one.digest == two.digest)
        #expect(one.outcomes == two.outcomes)
    }

    @Test(arguments: Defect.allCases)
    func `a known mistake is caught`(defect: Defect) {
        #expect(DefectCampaign(first: 1, most: 4000).look(for: defect).seeds != nil, "\(defect.rawValue)")
    }
}
