/// How the traffic of a service moves to a candidate that passed its gates.
package struct StrategySettings: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case allAtOnce = "all-at-once"
        case canary
        case blueGreen = "blue-green"
    }

    /// One share below 100 %, and how long it lasts at least.
    package struct Step: Codable, Hashable, Sendable {
        package var percent: Int
        package var pauseSeconds: Int

        package init(percent: Int, pauseSeconds: Int = 0) {
            self.percent = percent
            self.pauseSeconds = pauseSeconds
        }
    }

    package var kind: Kind
    /// Of a canary: rising, all of them below 100, which comes by itself.
    package var steps: [Step]
    package var analysis: AnalysisSettings
    /// Of blue-green: how long the old revision keeps a URL and is watched over before it retires.
    package var keepSeconds: Int
    /// How long connections that are open on the old revision are waited for; 0 only counts them.
    package var drainSeconds: Int

    package static let usualSteps = [Step(percent: 10), Step(percent: 50)]

    package init(
        kind: Kind, steps: [Step] = usualSteps, analysis: AnalysisSettings = .init(), keepSeconds: Int = 60,
        drainSeconds: Int = 30
    ) {
        self.kind = kind
        self.steps = steps
        self.analysis = analysis
        self.keepSeconds = keepSeconds
        self.drainSeconds = drainSeconds
    }
}

/// How a canary is compared with what serves.
package struct AnalysisSettings: Codable, Hashable, Sendable {
    /// What becomes of a release whose analysis could not tell.
    package enum Inconclusive: String, Codable, Hashable, Sendable, CaseIterable {
        case hold, promote
        case rollBack = "rollback"
    }

    package var profile: AnalysisProfile
    /// Asked with GET, in turn; nil for the health path.
    package var paths: [String]?
    package var pairsPerSecond: Int
    /// How much slower the candidate may be, in percent; nil where latency is not judged.
    package var latencyTolerance: Int?
    /// Milliseconds from which on an answer is a slow one; nil where no such limit is set.
    package var slowMilliseconds: Int?
    /// Milliseconds that one request may take.
    package var timeoutMilliseconds: Int
    package var inconclusive: Inconclusive
    /// Whether Cloud Monitoring's counts of real requests are judged too; nil for no, and in plans of earlier versions.
    package var monitoring: Bool?

    package init(
        profile: AnalysisProfile = .standard, paths: [String]? = nil, pairsPerSecond: Int = 3,
        latencyTolerance: Int? = 5, slowMilliseconds: Int? = nil, timeoutMilliseconds: Int = 5000,
        inconclusive: Inconclusive = .hold
    ) {
        self.profile = profile
        self.paths = paths
        self.pairsPerSecond = pairsPerSecond
        self.latencyTolerance = latencyTolerance
        self.slowMilliseconds = slowMilliseconds
        self.timeoutMilliseconds = timeoutMilliseconds
        self.inconclusive = inconclusive
    }
}
