package import Configuration

/// Compares a candidate with what serves. How that is decided is Verification's; a release only asks and obeys.
package protocol CanaryAnalyst: Sendable {
    /// Asks both sides until the step has its pairs or something is decided. `progress` is told now and then.
    ///
    /// - Parameter record: gets what is found out every few pairs, before anybody is told of it: an analysis that is cut
    ///   goes on from there, with the error budget that is left. What it throws ends the analysis.
    func analyse(
        _ question: CanaryQuestion, record: @escaping @Sendable (CanaryFindings) async throws -> Void,
        progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> CanaryFindings
}

/// One step's part of an analysis that goes on over the whole release.
package struct CanaryQuestion: Hashable, Sendable {
    package var candidate: VerificationTarget
    /// Nil on a first deploy, which is held against its own limits.
    package var baseline: VerificationTarget?
    package var settings: AnalysisSettings
    /// So many pairs at most in this step.
    package var pairs: Int
    /// The step lasts at least as long; its pairs are spread over that.
    package var pause: Duration
    /// And never longer.
    package var patience: Duration
    /// What is still open after this step is inconclusive.
    package var isLast: Bool
    /// The candidate has a share of the traffic.
    package var isServing = false
    /// What the steps before have found out, and attempts of this one that were cut.
    package var findings: CanaryFindings?
    /// Of those pairs, how many the steps before have taken.
    package var pairsBefore = 0
    /// Goes with every request, so that a service's owner can leave them out of its metrics.
    package var run: String
}

/// What an analysis has come to so far, with all that goes on from it.
package struct CanaryFindings: Codable, Hashable, Sendable {
    package enum Decision: String, Codable, Hashable, Sendable {
        case pass, fail, inconclusive
        /// Another step may tell.
        case open
    }

    package struct Metric: Codable, Hashable, Sendable {
        package var name: String
        /// Pairs in which the candidate was worse, better, the same; nil where it is not about counts.
        package var worse: Int?
        package var better: Int?
        package var ties: Int?
        /// How many times likelier the pairs are if the candidate is worse, as far as bets can prove that.
        package var evidence: Double

        package init(name: String, worse: Int? = nil, better: Int? = nil, ties: Int? = nil, evidence: Double) {
            self.name = name
            self.worse = worse
            self.better = better
            self.ties = ties
            self.evidence = evidence
        }
    }

    /// What Cloud Monitoring has counted of real requests.
    package struct RealRequests: Codable, Hashable, Sendable {
        package var candidate: Int
        package var candidateFailed: Int
        package var baseline: Int
        package var baselineFailed: Int

        package init(candidate: Int, candidateFailed: Int, baseline: Int, baselineFailed: Int) {
            self.candidate = candidate
            self.candidateFailed = candidateFailed
            self.baseline = baseline
            self.baselineFailed = baselineFailed
        }
    }

    package var decision: Decision
    /// Nil where nobody asked.
    package var realRequests: RealRequests?
    /// Without those that warm up.
    package var pairs: Int
    /// Pairs in which the candidate answered at all.
    package var answered: Int
    package var metrics: [Metric]
    /// One sentence: what decided, or what is missing.
    package var rule: String
    /// Candidate and baseline as they were asked.
    package var candidate: String?
    package var baseline: String?
    /// Pairs of the steps before; nil in a record, and in journals of earlier versions.
    package var pairsBefore: Int?
    /// The analyst's own, for the step that goes on; nil in a record.
    package var state: String?

    package init(
        decision: Decision, pairs: Int, answered: Int, metrics: [Metric], rule: String, candidate: String? = nil,
        baseline: String? = nil, pairsBefore: Int? = nil, state: String? = nil
    ) {
        self.pairsBefore = pairsBefore
        self.decision = decision
        self.pairs = pairs
        self.answered = answered
        self.metrics = metrics
        self.rule = rule
        self.candidate = candidate
        self.baseline = baseline
        self.state = state
    }
}
