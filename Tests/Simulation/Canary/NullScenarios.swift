import Configuration
import Foundation
import Verification

/// Candidates that are not worse, in every way that has ever fooled such a test: a failure of theirs is a false one.
extension CanaryScenario {
    package static let nulls: [CanaryScenario] =
        [0.001, 0.005, 0.02, 0.1, 0.5].map { rates($0, $0, .standard) }
        + [rates(0.02, 0.02, .strict), rates(0.5, 0.5, .strict), rates(0.1, 0.1, .quick), rates(0.05, 0.02, .standard)]
        + [drift(.standard), drift(.strict), correlated, outages, ties, quietLatency, noisyLatency, heavyTails, family]
        + [firstDeploy, firstDeployBelow]

    /// Autocorrelated noise that both sides share: the log-odds of failing walk about and come back slowly.
    private static let correlated = shared("autocorrelated shared noise", .standard) {
        var level = 0.0
        return { random in
            level = 0.97 * level + 0.5 * random.normal()
            return 1 / (1 + exp(3 - level))
        }
    }

    /// Now and then nearly everything fails on both sides for a while.
    private static let outages = shared("outages of both", .standard) {
        var left = 0
        return { random in
            if left > 0 { left -= 1 } else if random.unit() < 0.01 { left = 20 }
            return left > 0 ? 0.9 : 0.01
        }
    }

    /// What fails, fails on both sides, but for one in fifty.
    private static let ties = CanaryScenario("ties", .errors(.standard)) {
        { random in
            let isBad = random.unit() < 0.3
            func side(_ random: inout SeededRandom) -> CanaryPair.Side {
                .init(isBad: random.unit() < 0.02 ? !isBad : isBad, milliseconds: 1)
            }
            return CanaryPair(candidate: side(&random), baseline: side(&random))
        }
    }

    private static func latencies(
        _ name: String, _ profile: AnalysisProfile = .strict,
        _ draw: @escaping @Sendable (inout SeededRandom, Int) -> Double
    ) -> CanaryScenario {
        CanaryScenario(name, CanaryRules(profile: profile)) {
            var pair = 0
            return { random in
                pair += 1
                // One failure in fifty keeps the run from passing early.
                func side(_ random: inout SeededRandom) -> CanaryPair.Side {
                    .init(isBad: random.unit() < 0.02, milliseconds: draw(&random, pair))
                }
                return CanaryPair(candidate: side(&random), baseline: side(&random))
            }
        }
    }

    private static let quietLatency = latencies("equal latencies, log-sd 0.25") { random, _ in
        20 * exp(0.25 * random.normal())
    }
    private static let noisyLatency = latencies("equal latencies, log-sd drifting to 1.5") { random, pair in
        20 * exp((0.2 + 1.3 * Double(pair % 200) / 200) * random.normal())
    }
    /// Pareto with an exponent of 1.1: no variance at all.
    private static let heavyTails = latencies("equal latencies, heavy tails") { random, _ in
        5 * pow(1 - random.unit(), -1 / 1.1)
    }

    /// All three metrics at once, with one budget.
    private static let family = CanaryScenario(
        "errors, tail and latency together", CanaryRules(profile: .strict, slowMilliseconds: 40)
    ) {
        { random in
            func side(_ random: inout SeededRandom) -> CanaryPair.Side {
                .init(isBad: random.unit() < 0.05, milliseconds: 20 * exp(0.5 * random.normal()))
            }
            return CanaryPair(candidate: side(&random), baseline: side(&random))
        }
    }

    /// Exactly as many failures as a first deploy is allowed.
    private static let firstDeploy = CanaryScenario(
        "first deploy at its limit", CanaryRules(profile: .standard, latencyTolerance: nil, hasBaseline: false)
    ) {
        { random in CanaryPair(candidate: .init(isBad: random.unit() < 0.01, milliseconds: 1), baseline: nil) }
    }

    private static let firstDeployBelow = CanaryScenario(
        "first deploy below its limits",
        CanaryRules(profile: .strict, latencyTolerance: nil, slowMilliseconds: 50, hasBaseline: false)
    ) {
        { random in
            CanaryPair(
                candidate: .init(isBad: random.unit() < 0.009, milliseconds: random.unit() < 0.05 ? 60 : 10),
                baseline: nil)
        }
    }
}
