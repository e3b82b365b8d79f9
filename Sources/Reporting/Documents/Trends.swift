import Configuration
package import JSON
package import Releases
package import Verification

/// Where an environment's releases and its checks tend.
package struct Trends: Hashable, Sendable {
    package var delivery: DeliveryTrends
    /// Runs of suites that the checks' trends are made of.
    package var suiteRuns: Int
    package var checks: [CheckTrend]

    package init(delivery: DeliveryTrends, suiteRuns: Int, checks: [CheckTrend]) {
        self.delivery = delivery
        self.suiteRuns = suiteRuns
        self.checks = checks
    }

    /// So many of the least stable checks are worth a look at once.
    static let mostUnstable = 20
}

/// `trends` of `stagectl.history/v1`. What there is no number for is `null`, never 0.
package enum TrendsJSON {
    package static func document(_ trends: Trends) -> JSONValue {
        let window = trends.delivery.window
        return [
            "since": .string(MomentText.rfc3339(milliseconds: window.lowerBound)),
            "until": .string(MomentText.rfc3339(milliseconds: window.upperBound)),
            "environment": trends.delivery.environment.map(figures) ?? .null,
            "services": .array(
                trends.delivery.services.map { service in
                    var value = figures(service.figures)
                    value["service"] = .string(service.name)
                    return value
                }),
            "suiteRuns": .integer(Int64(trends.suiteRuns)),
            "checks": .array(trends.checks.map(check)),
            "leastStable": .array(trends.checks.leastStable.prefix(Trends.mostUnstable).map(check)),
        ]
    }

    private static func figures(_ figures: DeliveryTrends.Figures) -> JSONValue {
        var value = self.figures(figures.now)
        value["before"] = figures.before.map(self.figures) ?? .null
        return value
    }

    private static func figures(_ figures: DeliveryFigures) -> JSONValue {
        [
            "deploymentFrequency": figures.frequency.map {
                [
                    "deployments": .integer(Int64($0.deployments)), "days": .number($0.days),
                    "perDay": .number($0.perDay),
                ]
            } ?? .null,
            "leadTime": figures.leadTime.map(lengths) ?? .null,
            "changeFailureRate": figures.failureRate.map {
                [
                    "changes": .integer(Int64($0.changes)), "failures": .integer(Int64($0.failures)),
                    "rate": .number($0.rate),
                ]
            } ?? .null,
            "timeToRestore": figures.timeToRestore.map(lengths) ?? .null,
            "unrestored": .integer(Int64(figures.unrestored)),
        ]
    }

    private static func lengths(_ lengths: DeliveryFigures.Lengths) -> JSONValue {
        [
            "samples": .integer(Int64(lengths.samples)), "medianSeconds": .number(lengths.median),
            "ninetiethSeconds": lengths.ninetieth.map(JSONValue.number) ?? .null,
        ]
    }

    private static func check(_ trend: CheckTrend) -> JSONValue {
        [
            "suite": .string(trend.entry.suite), "id": .string(trend.entry.id), "runs": .integer(Int64(trend.runs)),
            "passed": .integer(Int64(trend.passed)), "failed": .integer(Int64(trend.failed)),
            "changes": .integer(Int64(trend.changes)), "disagreements": .integer(Int64(trend.disagreements)),
            "instability": trend.instability.map(JSONValue.number) ?? .null, "certain": .bool(trend.isCertain),
            "last": trend.lastPassed ? "passed" : "failed", "streak": .integer(Int64(trend.streak)),
        ]
    }
}
