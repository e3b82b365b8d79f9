import Verification

/// A limit, and what was measured against it.
package struct ReportedObjective: Codable, Hashable, Sendable {
    package enum Result: String, Codable, Hashable, Sendable {
        case met, missed
        /// There are too few samples for a bound, or the bound is on the limit's other side.
        case uncertain
        /// The suite that ran had no limit of which a record tells.
        case measured
    }

    /// Place in the report's `checks`.
    package var check: Int
    /// `p95`.
    package var name: String
    package var samples: Int
    package var errors: Int
    /// Milliseconds; nil where the sample at this rank never came.
    package var measured: Double?
    /// One-sided bounds; nil where there are too few samples.
    package var lower: Double?
    package var upper: Double?
    package var limit: Double?
    package var result: Result
}

/// How long answers took, of all checks that were answered once.
package struct LatencyDistribution: Codable, Hashable, Sendable {
    package struct Bucket: Codable, Hashable, Sendable {
        /// Milliseconds; nil for everything above the last edge.
        package var below: Double?
        package var count: Int
    }

    package struct Percentile: Codable, Hashable, Sendable {
        package var percent: Double
        package var milliseconds: Double
        /// One-sided bounds of 95 % confidence; nil where there are too few samples.
        package var lower: Double?
        package var upper: Double?
    }

    package var samples: Int
    package var buckets: [Bucket]
    package var percentiles: [Percentile]

    private static let edges: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000,
    ]

    /// Nil for no times.
    package init?(_ times: [Double]) {
        let sorted = times.filter(\.isFinite).sorted()
        guard let fastest = sorted.first, let slowest = sorted.last else { return nil }
        samples = sorted.count
        var counts = [Int](repeating: 0, count: Self.edges.count + 1)
        for time in sorted { counts[Self.edges.firstIndex { time < $0 } ?? Self.edges.count] += 1 }
        let first = Self.edges.firstIndex { fastest < $0 } ?? Self.edges.count
        let last = Self.edges.firstIndex { slowest < $0 } ?? Self.edges.count
        buckets = (first...last).map {
            Bucket(below: $0 < Self.edges.count ? Self.edges[$0] : nil, count: counts[$0])
        }
        percentiles = [0.5, 0.9, 0.95, 0.99].map { quantile in
            func at(_ rank: Int?) -> Double? { rank.map { sorted[$0 - 1] } }
            return Percentile(
                percent: (quantile * 1000).rounded() / 10,
                milliseconds: sorted[OrderStatistics.nearestRank(quantile, of: sorted.count) - 1],
                lower: at(OrderStatistics.lowerRank(quantile, of: sorted.count)),
                upper: at(OrderStatistics.upperRank(quantile, of: sorted.count)))
        }
    }
}

/// What a check measured about many at once.
package struct ScalabilityFigure: Codable, Hashable, Sendable {
    /// Place in the report's `checks`.
    package var check: Int
    package var name: String
    package var value: String
}

/// How far the tests are that there should be.
package struct IndexProgress: Codable, Hashable, Sendable {
    package var listed: Int
    package var ran: Int
    /// Rounded down.
    package var percent: Int
    package var passed: Int
    /// How many of each suite have no result, by suite; of a missing suite, all.
    package var missing: [String: Int]
    /// `SUITE/ID` of what ran and is not listed.
    package var new: [String]
    /// Seconds that all of them would take at the pace of those that ran; nil where nothing tells.
    package var estimatedSeconds: Double?
}
