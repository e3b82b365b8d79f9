/// What pairs of answers came to, where each can only be worse, better or the same. Without a baseline: answers that are
/// bad, and (as ties) those that are good.
package struct PairCounts: Codable, Hashable, Sendable {
    /// The candidate was worse than the baseline.
    package var worse: Int
    package var better: Int
    package var ties: Int

    package init(worse: Int = 0, better: Int = 0, ties: Int = 0) {
        self.worse = worse
        self.better = better
        self.ties = ties
    }

    package mutating func add(candidateIsBad: Bool, baselineIsBad: Bool) {
        switch (candidateIsBad, baselineIsBad) {
        case (true, false): worse += 1
        case (false, true): better += 1
        case (true, true), (false, false): ties += 1
        }
    }

    /// `ln` of the evidence against "the candidate fails no more often", `allowance` more being forgiven.
    package func logEvidenceOfWorse(allowance: Double = 0) -> Double {
        CountedBets.againstNoWorse(allowance: allowance).logEvidence(self)
    }

    /// `ln` of the evidence against "the candidate fails more often by at least `difference`", which is above 0.
    package func logEvidenceOfFine(difference: Double) -> Double {
        CountedBets.againstWorse(by: difference).logEvidence(self)
    }

    /// `ln` of the evidence against "at most this share of the answers is bad".
    package func logEvidenceAbove(rate: Double) -> Double {
        CountedBets.againstAtMost(rate).logEvidence(self)
    }

    /// `ln` of the evidence against "at least this share of the answers is bad".
    package func logEvidenceBelow(rate: Double) -> Double {
        CountedBets.againstAtLeast(rate).logEvidence(self)
    }
}

/// What one pair of each kind does to the logarithm of each gambler's wealth.
struct CountedBets: Sendable {
    private let worse: SIMD16<Double>
    private let better: SIMD16<Double>
    private let tie: SIMD16<Double>

    /// Against E[X] ≤ `allowance`, X being 1, -1 or 0. A bet of more than `1 / (1 + allowance)` could ruin.
    static func againstNoWorse(allowance: Double) -> CountedBets {
        let bet = BettingGrid.fractions / (1 + allowance)
        return CountedBets(
            worse: BettingGrid.log1p(bet * (1 - allowance)), better: BettingGrid.log1p(-bet * (1 + allowance)),
            tie: BettingGrid.log1p(-bet * allowance))
    }

    /// Against E[X] ≥ `difference`.
    static func againstWorse(by difference: Double) -> CountedBets {
        let bet = BettingGrid.fractions / (1 - difference)
        return CountedBets(
            worse: BettingGrid.log1p(-bet * (1 - difference)), better: BettingGrid.log1p(bet * (1 + difference)),
            tie: BettingGrid.log1p(bet * difference))
    }

    /// Against E[X] ≤ `rate`, X being 1 for a bad answer and 0 for a good one.
    static func againstAtMost(_ rate: Double) -> CountedBets {
        // Of a rate of 0 a single bad answer would prove everything.
        let bet = BettingGrid.fractions / max(rate, 1e-6)
        return CountedBets(
            worse: BettingGrid.log1p(bet * (1 - rate)), better: SIMD16(repeating: 0),
            tie: BettingGrid.log1p(-bet * rate))
    }

    /// Against E[X] ≥ `rate`, which is below 1.
    static func againstAtLeast(_ rate: Double) -> CountedBets {
        let bet = BettingGrid.fractions / (1 - rate)
        return CountedBets(
            worse: BettingGrid.log1p(-bet * (1 - rate)), better: SIMD16(repeating: 0),
            tie: BettingGrid.log1p(bet * rate))
    }

    func logWealth(_ counts: PairCounts) -> SIMD16<Double> {
        // Two steps: one expression of this length is slow to type-check.
        let decided = worse * Double(counts.worse) + better * Double(counts.better)
        return decided + tie * Double(counts.ties) + BettingGrid.logWeights
    }

    func logEvidence(_ counts: PairCounts) -> Double { BettingGrid.logSum(logWealth(counts)) }

    func reaches(_ threshold: Double, _ counts: PairCounts) -> Bool {
        BettingGrid.reaches(threshold, logWealth(counts))
    }
}
