import Configuration
import Foundation
import Testing

@testable import Verification

struct CanaryJudgeTests {
    private static func pair(
        candidate: Bool = false, baseline: Bool? = false, answered: Bool = true,
        milliseconds: (Double, Double) = (10, 10)
    ) -> CanaryPair {
        CanaryPair(
            candidate: .init(isBad: candidate, hasAnswered: answered, milliseconds: milliseconds.0),
            baseline: baseline.map { .init(isBad: $0, milliseconds: milliseconds.1) })
    }

    /// How many equal pairs it takes until something is decided; nil where the profile's are not enough.
    private static func pairs(_ rules: CanaryRules, until wanted: CanaryJudge.Decision, _ pair: CanaryPair) -> Int? {
        var judge = CanaryJudge(rules)
        while judge.mayTakeMore {
            judge.add(pair)
            if judge.decision != .open { return judge.decision == wanted ? judge.evidence.pairs : nil }
        }
        return nil
    }

    @Test(arguments: zip(AnalysisProfile.allCases, [35, 72, 182]))
    func `a candidate that never fails passes after the published number of pairs`(profile: AnalysisProfile, count: Int)
    {
        #expect(Self.pairs(CanaryRules(profile: profile, latencyTolerance: nil), until: .pass, Self.pair()) == count)
    }

    @Test func `a dead candidate fails within ten pairs, however many metrics share the budget`() {
        let one = CanaryRules(latencyTolerance: nil)
        let three = CanaryRules(slowMilliseconds: 100)
        #expect(Self.pairs(one, until: .fail, Self.pair(candidate: true)) == 7)
        #expect(Self.pairs(three, until: .fail, Self.pair(candidate: true)) ?? 99 <= 9)
    }

    @Test func `what fails on both sides is a tie, and nobody answering is no pass`() {
        let rules = CanaryRules(latencyTolerance: nil)
        #expect(Self.pairs(rules, until: .pass, Self.pair(candidate: true, baseline: true)) == 72)
        #expect(Self.pairs(rules, until: .pass, Self.pair(candidate: true, baseline: true, answered: false)) == nil)
    }

    @Test func `too few pairs are inconclusive, and so are none`() {
        var judge = CanaryJudge(CanaryRules())
        #expect(judge.conclude() == .inconclusive)
        for _ in 0..<29 { judge.add(Self.pair()) }
        #expect(judge.conclude() == .inconclusive)
    }

    @Test func `what passed early may still fail later, and a failure stays`() {
        var judge = CanaryJudge(CanaryRules(latencyTolerance: nil))
        for _ in 0..<80 { judge.add(Self.pair()) }
        #expect(judge.decision == .pass)
        for _ in 0..<30 { judge.add(Self.pair(candidate: true)) }
        #expect(judge.decision == .fail)
        for _ in 0..<500 { judge.add(Self.pair(baseline: true)) }
        #expect(judge.decision == .fail)
    }

    @Test func `a step goes on where the one before stopped, through its journal`() throws {
        let rules = CanaryRules(slowMilliseconds: 15)
        var whole = CanaryJudge(rules)
        var first = CanaryJudge(rules)
        let pairs: [CanaryPair] = (0..<120).map { (index: Int) -> CanaryPair in
            let times = (Double(10 + index % 7), Double(10 + index % 5))
            return Self.pair(candidate: index % 9 == 0, milliseconds: times)
        }
        for pair in pairs { whole.add(pair) }
        for pair in pairs.prefix(50) { first.add(pair) }
        let kept = try JSONEncoder().encode(first.evidence)
        var second = CanaryJudge(rules, continuing: try JSONDecoder().decode(CanaryEvidence.self, from: kept))
        for pair in pairs.dropFirst(50) { second.add(pair) }
        #expect(second.evidence == whole.evidence)
    }

    @Test func `evidence that was tampered with is refused`() {
        let text = #"{"logWealth":[1,2],"count":3}"#
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ScoreBets.self, from: Data(text.utf8)) }
    }

    /// Medians of pairs to detection, log-sd 0.25, from the published side results: 42 for 20 %, 11 for 50 %, 7 for 100 %.
    @Test(arguments: [(1.2, 20...90), (1.5, 5...25), (2.0, 4...15)])
    func `a slower candidate is found out by its latency alone`(factor: Double, range: ClosedRange<Int>) {
        // Equal quantiles instead of chance: the same noise on both sides, shifted against each other.
        let noise = (1...40).map { exp(0.25 * Self.quantile(Double($0) / 41)) }
        var judge = CanaryJudge(CanaryRules(profile: .strict))
        var pairs = 0
        while judge.decision == .open, pairs < 600 {
            let (one, other) = (noise[pairs * 17 % 40], noise[(pairs * 23 + 11) % 40])
            judge.add(Self.pair(milliseconds: (20 * factor * one, 20 * other)))
            pairs += 1
        }
        #expect(judge.evidence.failure?.metric == .latency)
        #expect(range.contains(pairs), "\(pairs)")
    }

    /// A rough inverse of the normal distribution: logistic, of the same spread.
    private static func quantile(_ share: Double) -> Double { log(share / (1 - share)) / 1.7 }

    @Test func `five per cent slower is forgiven`() {
        #expect(abs(LatencyScore.of(candidate: 105, baseline: 100, tolerance: 0.05)) < 1e-12)
        #expect(LatencyScore.of(candidate: 0, baseline: 100, tolerance: 0.05) < -0.99)
        #expect(LatencyScore.of(candidate: .infinity, baseline: 100, tolerance: 0.05) == 1)
    }

    @Test func `a first deploy is held against its own limits`() {
        let rules = CanaryRules(latencyTolerance: nil, hasBaseline: false)
        #expect(Self.pairs(rules, until: .fail, Self.pair(candidate: true, baseline: nil)) ?? 99 <= 3)
        #expect(Self.pairs(rules, until: .pass, Self.pair(baseline: nil)) ?? 999 <= 100)
    }

    @Test(arguments: [(0, 10, 1.0), (10, 10, 1.0 / 1024), (5, 10, 638.0 / 1024), (1, 1, 0.5), (0, 0, 1)])
    func `tails are exact`(successes: Int, trials: Int, expected: Double) {
        let tail = ExactTests.upperTail(of: successes, in: trials, probability: 0.5)
        #expect(abs(tail - expected) < 1e-12)
    }
}
