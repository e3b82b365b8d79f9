import Simulation
import Testing

/// The short form of `scripts/simulate --canary`, with bounds as wide as fewer runs need.
@Suite struct CanaryCampaignTests {
    private static let runs = 200

    @Test(arguments: CanaryScenario.nulls)
    func `a candidate that is not worse seldom fails`(scenario: CanaryScenario) {
        let tally = CanaryCampaign(runs: Self.runs).play(scenario)
        // Of 200 runs at 5 %, 21 and more fail once in a thousand times.
        #expect(tally.failed < 21, "\(tally.failed) of \(tally.runs)")
    }

    @Test(arguments: OperatingCharacteristic.published)
    func `differences are found as often as published`(published: OperatingCharacteristic) {
        let tally = CanaryCampaign(runs: Self.runs).play(published)
        // Four standard errors of 200 runs at the worst rate.
        #expect(abs(tally.failedShare - published.fails) <= 0.142)
        #expect(abs(tally.passedShare - published.passes) <= 0.142)
    }

    @Test func `there are enough ways of not being worse`() {
        #expect(CanaryScenario.nulls.count >= 12)
        #expect(Set(CanaryScenario.nulls.map(\.name)).count == CanaryScenario.nulls.count)
    }

    @Test func `a campaign is decided by its seed, not by its threads`() {
        let scenario = CanaryScenario.nulls[3]
        let one = CanaryCampaign(runs: 200, seed: 3, threads: 1).play(scenario)
        let two = CanaryCampaign(runs: 200, seed: 3, threads: 2).play(scenario)
        #expect(one.failed == two.failed && one.passed == two.passed && one.medianToPass == two.medianToPass)
    }
}
