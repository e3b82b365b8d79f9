package import Configuration

/// Everything that an analysis is judged by, decided before the first pair.
package struct CanaryRules: Codable, Hashable, Sendable {
    package var profile: AnalysisProfile
    /// Fewer pairs than that never pass.
    package var minimumPairs = 30
    /// Pairs that are thrown away before the first one counts: connections, caches and a first instance warm up.
    package var warmUpPairs = 5
    /// The chance that a good candidate fails, over all metrics and the whole release; half of it is spent while looking
    /// after every pair, half on the look at the end.
    package var falseFailures = 0.05
    /// The chance that a candidate passes which is worse by the profile's difference.
    package var falsePasses = 0.05
    /// How much slower the candidate's median may be (0.05 is 5 %); nil where latency is not judged.
    package var latencyTolerance: Double?
    /// Milliseconds above which an answer is a slow one; nil where no such limit is set.
    package var slowMilliseconds: Double?
    /// Which share of the answers may be slow where there is no baseline.
    package var slowShare = 0.05
    /// Which share of the answers may fail where there is no baseline.
    package var failureShare = 0.01
    /// Whether what the platform has counted of real requests is judged too. It shares the budget of false failures, can
    /// fail a candidate, and passes none; where too little of it is known, nothing passes.
    package var judgesTraffic = false
    /// False on a first deploy: there is nothing to compare with.
    package var hasBaseline: Bool

    package init(
        profile: AnalysisProfile = .standard, latencyTolerance: Double? = 0.05, slowMilliseconds: Double? = nil,
        hasBaseline: Bool = true
    ) {
        self.profile = profile
        self.latencyTolerance = latencyTolerance
        self.slowMilliseconds = slowMilliseconds
        self.hasBaseline = hasBaseline
    }

    /// Errors are always judged; a median needs something to be compared with.
    package var metrics: [CanaryMetric] {
        var metrics = [CanaryMetric.errors]
        if slowMilliseconds != nil { metrics.append(.tail) }
        if latencyTolerance != nil, hasBaseline { metrics.append(.latency) }
        if judgesTraffic { metrics.append(.traffic) }
        return metrics
    }
}

package enum CanaryMetric: String, Codable, Hashable, Sendable, CaseIterable {
    case errors, tail, latency
    /// Real requests, which nobody paired.
    case traffic
}
