import Configuration
import Foundation
package import Verification

/// How both sides of a canary behave, as a chance that is drawn anew for every pair.
package struct CanaryScenario: Sendable {
    package var name: String
    package var rules: CanaryRules
    /// Makes the generator of one run's pairs.
    private let makePairs: @Sendable () -> PairSource

    typealias PairSource = (inout SeededRandom) -> CanaryPair

    init(_ name: String, _ rules: CanaryRules, _ makePairs: @escaping @Sendable () -> PairSource) {
        self.name = name
        self.rules = rules
        self.makePairs = makePairs
    }

    /// One release from its first pair to its decision, with a look after every pair.
    func play(_ random: inout SeededRandom) -> (decision: CanaryJudge.Decision, pairs: Int) {
        var judge = CanaryJudge(rules)
        let next = makePairs()
        while judge.decision == .open, judge.mayTakeMore { judge.add(next(&random)) }
        let decision = judge.conclude()
        return (decision, judge.evidence.pairs)
    }
}

extension CanaryRules {
    /// Errors alone, as the published table has it.
    static func errors(_ profile: AnalysisProfile) -> CanaryRules {
        CanaryRules(profile: profile, latencyTolerance: nil)
    }
}

extension CanaryScenario {
    /// Both sides fail independently of each other.
    static func rates(_ baseline: Double, _ candidate: Double, _ profile: AnalysisProfile) -> CanaryScenario {
        CanaryScenario("\(percent(baseline)) → \(percent(candidate)), \(profile.rawValue)", .errors(profile)) {
            { random in
                CanaryPair(
                    candidate: .init(isBad: random.unit() < candidate, milliseconds: 1),
                    baseline: .init(isBad: random.unit() < baseline, milliseconds: 1))
            }
        }
    }

    /// One rate for both sides, which changes from pair to pair.
    static func shared(
        _ name: String, _ profile: AnalysisProfile, _ rate: @escaping @Sendable () -> (inout SeededRandom) -> Double
    ) -> CanaryScenario {
        CanaryScenario("\(name), \(profile.rawValue)", .errors(profile)) {
            let rate = rate()
            return { random in
                let now = rate(&random)
                return CanaryPair(
                    candidate: .init(isBad: random.unit() < now, milliseconds: 1),
                    baseline: .init(isBad: random.unit() < now, milliseconds: 1))
            }
        }
    }

    /// The published drift: 1 to 31 % and back, in about 125 pairs.
    static func drift(_ profile: AnalysisProfile) -> CanaryScenario {
        shared("rate drifting 1–31 %", profile) {
            var pair = -1.0
            return { _ in
                pair += 1
                let wave = sin(pair / 40)
                return 0.01 + 0.3 * wave * wave
            }
        }
    }

    static func percent(_ rate: Double) -> String { String(format: "%.4g %%", rate * 100) }
}

extension SeededRandom {
    /// 0 to 1, 1 not included.
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    /// Standard normal (Box and Muller, 1958).
    mutating func normal() -> Double { sqrt(-2 * log(1 - unit())) * cos(2 * .pi * unit()) }
}
