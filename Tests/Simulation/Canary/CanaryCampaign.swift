import Configuration
import Foundation
import Verification

/// The analysis of canaries, run by the ten thousand: how often it is wrong, and how often it sees what is there.
package struct CanaryCampaign: Sendable {
    package struct Tally: Sendable {
        package var runs = 0
        package var failed = 0
        package var passed = 0
        package var medianToFail: Int?
        package var medianToPass: Int?

        package var failedShare: Double { Double(failed) / Double(max(1, runs)) }
        package var passedShare: Double { Double(passed) / Double(max(1, runs)) }

        /// With 99 % confidence no more runs fail than this (Clopper and Pearson, 1934).
        package var failedUpperLimit: Double {
            guard failed < runs else { return 1 }
            var (low, high) = (failedShare, 1.0)
            for _ in 0..<60 {
                let middle = (low + high) / 2
                // So few failures would be that unlikely where this many are usual.
                let chance = 1 - ExactTests.upperTail(of: failed + 1, in: runs, probability: middle)
                if chance > 0.01 { low = middle } else { high = middle }
            }
            return high
        }
    }

    private let runs: Int
    private let seed: UInt64
    private let threads: Int

    package init(runs: Int, seed: UInt64 = 1, threads: Int = 2) {
        self.runs = runs
        self.seed = seed
        self.threads = threads
    }

    package func play(_ scenario: CanaryScenario) -> Tally {
        let (runs, seed, threads) = (runs, seed, threads)
        let parts = Threads.run(threads) { part in
            stride(from: part, to: runs, by: threads).map { run in
                // A run is decided by its number alone, however many threads there are.
                var random = SeededRandom(seed: seed &+ UInt64(run) &* 0x9E37_79B9)
                return scenario.play(&random)
            }
        }
        let all = parts.flatMap(\.self)
        func median(_ decision: CanaryJudge.Decision) -> Int? {
            let pairs = all.filter { $0.decision == decision }.map(\.pairs).sorted()
            return pairs.isEmpty ? nil : pairs[pairs.count / 2]
        }
        return Tally(
            runs: runs, failed: all.count { $0.decision == .fail }, passed: all.count { $0.decision == .pass },
            medianToFail: median(.fail), medianToPass: median(.pass))
    }

    package func play(_ published: OperatingCharacteristic) -> Tally { play(published.scenario) }

    /// What judging alone takes: so many pairs of all three metrics that never come to a decision. The median of 101.
    package static func millisecondsToJudge(pairs count: Int) -> Double {
        var random = SeededRandom(seed: 1)
        let pairs = (0..<count).map { _ in
            func side() -> CanaryPair.Side {
                .init(isBad: random.unit() < 0.1, milliseconds: 20 + 10 * random.unit())
            }
            return CanaryPair(candidate: side(), baseline: side())
        }
        let clock = ContinuousClock()
        let times = (0..<101).map { _ in
            var judge = CanaryJudge(CanaryRules(profile: .strict, slowMilliseconds: 25))
            return clock.measure {
                for pair in pairs { judge.add(pair) }
                _ = judge.conclude()
            }
        }
        return times.sorted()[50] / .milliseconds(1)
    }
}
