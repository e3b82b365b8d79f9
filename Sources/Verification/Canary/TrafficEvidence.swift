/// What real requests have shown, which nobody paired: how often candidate and baseline answered them badly in the same
/// minutes.
///
/// Each minute is a block of two Bernoulli samples, and its e-value that of Turner, Ly and Grünwald (arXiv 2106.02693):
/// the likelihood under what the minutes before foretell, over that under one rate for both. Only what the minutes before
/// have shown is used, so the product is a test martingale, whatever the rate is from minute to minute. It bets that the
/// candidate is worse, never that it is better. The guarantee takes each request for itself: a caller who repeats what
/// failed counts as often as it repeats.
package struct TrafficEvidence: Codable, Hashable, Sendable {
    package struct Side: Codable, Hashable, Sendable {
        package var requests = 0
        package var failed = 0
        /// Of those before the first minute, as the reference implementation's default has it (R `safestats`, beta prior of
        /// 0.18 on both sides).
        private static let prior = 0.18

        package init(requests: Int = 0, failed: Int = 0) {
            self.requests = requests
            self.failed = failed
        }

        fileprivate var rate: Double { (Double(failed) + Self.prior) / (Double(requests) + 2 * Self.prior) }

        fileprivate mutating func add(_ other: Side) {
            requests += other.requests
            failed += other.failed
        }
    }

    package private(set) var candidate = Side()
    package private(set) var baseline = Side()
    /// `ln` of the evidence that the candidate is worse.
    package private(set) var logEvidence = 0.0
    /// Requests of the candidate that were not this analysis's own.
    package private(set) var real = 0
    /// When the first minute begins that is not counted yet (seconds since 1970).
    package var next: Int
    /// Own requests to the candidate, by the minute in which they were sent.
    private var own: [Int: Int] = [:]

    /// - Parameter now: seconds since 1970; the first whole minute after that counts.
    package init(beginningAt now: Int) { next = (now + 59) / 60 * 60 }

    package mutating func sent(at now: Int) { own[now / 60 * 60, default: 0] += 1 }

    /// One minute of which both sides are known.
    package mutating func add(start: Int, candidate new: Side, baseline old: Side) {
        logEvidence += Self.logValue(candidate, baseline, new, old)
        candidate.add(new)
        baseline.add(old)
        real += max(0, new.requests - (own[start] ?? 0))
    }

    /// `ln` of the e-value of one block.
    private static func logValue(_ pastNew: Side, _ pastOld: Side, _ new: Side, _ old: Side) -> Double {
        let (worse, better) = (pastNew.rate, pastOld.rate)
        guard worse > better, new.requests > 0, old.requests > 0 else { return 0 }
        let (count, others) = (Double(new.requests), Double(old.requests))
        let shared = (count * worse + others * better) / (count + others)
        func gain(_ side: Side, _ rate: Double) -> Double {
            Double(side.failed) * Logarithm.of(rate / shared)
                + Double(side.requests - side.failed) * Logarithm.of((1 - rate) / (1 - shared))
        }
        return gain(new, worse) + gain(old, better)
    }
}
