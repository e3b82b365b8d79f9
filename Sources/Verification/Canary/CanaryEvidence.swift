/// What the pairs of a release have shown so far: enough to go on with, however often the release stands still between.
package struct CanaryEvidence: Codable, Hashable, Sendable {
    /// How a candidate was found to be worse.
    package struct Failure: Codable, Hashable, Sendable {
        package enum Test: String, Codable, Hashable, Sendable {
            /// While looking after every pair.
            case sequential
            /// At the end.
            case exact
        }

        package var metric: CanaryMetric
        package var test: Test
        /// After so many pairs.
        package var pairs: Int
    }

    /// Without the warm-up. Without a baseline: answers.
    package var pairs = 0
    /// Those in which the candidate answered at all.
    package var answered = 0
    package var errors = PairCounts()
    package var tail = PairCounts()
    package var latency = ScoreBets()
    /// Nil where real requests are not judged.
    package var traffic: TrafficEvidence?
    /// The first failure that was found; it stays.
    package var failure: Failure?
    /// The pair at which the errors were shown to be fine; it stays as well.
    package var fineAfter: Int?

    package init() {}
}

/// One probe, sent to both sides at the same moment.
package struct CanaryPair: Hashable, Sendable {
    package struct Side: Hashable, Sendable {
        /// No answer in time, a bad one, or one from somebody else.
        package var isBad: Bool
        /// Whether anything came back.
        package var hasAnswered: Bool
        package var milliseconds: Double

        package init(isBad: Bool, hasAnswered: Bool = true, milliseconds: Double) {
            self.isBad = isBad
            self.hasAnswered = hasAnswered
            self.milliseconds = milliseconds
        }
    }

    package var candidate: Side
    /// Nil on a first deploy.
    package var baseline: Side?

    package init(candidate: Side, baseline: Side?) {
        self.candidate = candidate
        self.baseline = baseline
    }
}
