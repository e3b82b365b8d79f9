/// The one look at the end: exact, so that it holds for few pairs as well.
package enum ExactTests {
    /// McNemar's test, one-sided: how likely so many of the differing pairs, or more, are worse by chance alone. 1 where
    /// none is.
    package static func mcNemar(_ counts: PairCounts) -> Double {
        upperTail(of: counts.worse, in: counts.worse + counts.better, probability: 0.5)
    }

    /// How likely so many bad answers, or more, are where this share of them is bad.
    package static func binomial(_ counts: PairCounts, rate: Double) -> Double {
        upperTail(of: counts.worse, in: counts.worse + counts.ties, probability: rate)
    }

    /// P(Binomial(`trials`, `probability`) ≥ `successes`).
    package static func upperTail(of successes: Int, in trials: Int, probability: Double) -> Double {
        guard successes > 0 else { return 1 }
        guard successes <= trials, probability > 0 else { return 0 }
        guard probability < 1 else { return 1 }
        // From the far end, where the terms are smallest, so that none is lost in a sum that is larger by far.
        return min(1, OrderStatistics.binomial(trials, probability)[successes...].reversed().reduce(0, +))
    }
}
