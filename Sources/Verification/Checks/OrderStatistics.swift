/// Percentiles of raw samples by nearest rank, and between which samples the true one lies. Ranks start at 1.
package enum OrderStatistics {
    /// `ceil(q × n)`.
    package static func nearestRank(_ quantile: Double, of count: Int) -> Int {
        // 0.95 × 100 is a little more than 95 in binary.
        min(count, max(1, Int((quantile * Double(count) - 1e-9).rounded(.up))))
    }

    /// The smallest k with P(Binomial(n, q) ≤ k − 1) ≥ confidence: with that probability the true percentile is at most
    /// the k-th sample. Nil where n is too small for any bound.
    package static func upperRank(_ quantile: Double, of count: Int, confidence: Double = 0.95) -> Int? {
        var below = 0.0
        for (successes, probability) in binomial(count, quantile).enumerated() {
            below += probability
            if below >= confidence, successes < count { return successes + 1 }
        }
        return nil
    }

    /// The largest l with P(Binomial(n, q) ≥ l) ≥ confidence; nil where n is too small.
    package static func lowerRank(_ quantile: Double, of count: Int, confidence: Double = 0.95) -> Int? {
        var above = 0.0
        for (successes, probability) in binomial(count, quantile).enumerated().reversed() {
            above += probability
            if above >= confidence { return successes > 0 ? successes : nil }
        }
        return nil
    }

    /// So many samples are needed before there is any upper bound.
    package static func smallestCount(_ quantile: Double, confidence: Double = 0.95) -> Int {
        var power = 1.0
        var count = 0
        while power > 1 - confidence, count < 1_000_000 {
            power *= quantile
            count += 1
        }
        return count
    }

    /// The probabilities of 0 to n successes. Weights relative to the likeliest number need no factorials.
    static func binomial(_ count: Int, _ probability: Double) -> [Double] {
        guard count > 0, probability > 0, probability < 1 else { return [] }
        let ratio = probability / (1 - probability)
        let likeliest = min(count, Int(Double(count + 1) * probability))
        var weights = [Double](repeating: 0, count: count + 1)
        weights[likeliest] = 1
        var successes = likeliest
        while successes < count, weights[successes] > 1e-300 {
            weights[successes + 1] = weights[successes] * ratio * Double(count - successes) / Double(successes + 1)
            successes += 1
        }
        successes = likeliest
        while successes > 0, weights[successes] > 1e-300 {
            weights[successes - 1] = weights[successes] / ratio * Double(successes) / Double(count - successes + 1)
            successes -= 1
        }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }
}
