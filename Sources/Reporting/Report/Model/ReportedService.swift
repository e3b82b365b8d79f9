package import Releases

/// One service of a release in one region: what serves, what served, and what it takes.
package struct ReportedService: Codable, Hashable, Sendable {
    package var service: String
    package var region: String
    package var outcome: ReleaseOutcome
    package var revision: String?
    package var previousRevision: String?
    package var candidate: String?
    package var image: String?
    package var imageBytes: Int64?
    package var imageChange: ImageChange?
    package var commit: String?
    package var dirty: Bool
    package var url: String?
    package var trafficBefore: [TrafficEntry]
    package var trafficAfter: [TrafficEntry]
    package var resources: ReportedResources?
    package var diagnosis: Diagnosis?
    /// Changed for this release alone, by `--set-env`.
    package var environmentOverrides: [String]

    /// Whether callers meet this revision at the end of the run.
    package func serves(_ revision: String) -> Bool {
        trafficAfter.isEmpty
            ? self.revision == revision : trafficAfter.contains { $0.revision == revision && $0.percent > 0 }
    }
}

/// What an instance is given, and what that costs by the price table.
package struct ReportedResources: Codable, Hashable, Sendable {
    package var milliCores: Int
    package var memoryBytes: Int
    package var concurrency: Int
    package var minInstances: Int
    package var maxInstances: Int
    /// Paid for as long as there is an instance, not for requests.
    package var isBilledByInstance: Bool
    /// Nil where the table has no price for the region.
    package var cost: CostEstimate?
}

/// US dollars in a month of 730 hours, before free tier, discounts, network, sidecars and GPUs.
package struct CostEstimate: Codable, Hashable, Sendable {
    /// The instances that are always there, without a single request.
    package var idle: Double
    /// One instance that is busy all the time.
    package var busyInstance: Double
    /// All instances that there may be, busy all the time: more it cannot be.
    package var ceiling: Double
    /// Each million requests, beside the time they take; 0 where instances are paid.
    package var millionRequests: Double
    package var tier: Int
}

/// What the canary's analysis came to.
package struct ReportedCanary: Codable, Hashable, Sendable {
    package var service: String
    package var region: String
    package var findings: CanaryFindings
}

/// A health window.
package struct ReportedHealth: Codable, Hashable, Sendable {
    package var service: String
    package var healthy: Bool
    package var samples: Int
    package var healthySamples: Int
    /// Of the answers that came; nil for none.
    package var medianMilliseconds: Double?
    package var slowestMilliseconds: Double?
    package var revision: String?
    /// What is known about who answered, where the answers do not say.
    package var identity: String?
    /// Of the last sample that was not healthy.
    package var problem: String?
}
