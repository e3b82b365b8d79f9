import Configuration
import JSON
import Releases
import Reporting

/// `stagectl.traffic/v1`
enum TrafficDocument {
    static let schema = "stagectl.traffic/v1"

    static func entries(_ shares: [TrafficShare]) -> JSONValue {
        ReleaseJSON.traffic(shares.map { TrafficEntry(revision: $0.revision, percent: $0.percent, tag: $0.tag) })
    }

    static func result(
        _ observations: [ServiceObservation], in environment: Environment, on console: Console
    ) -> CommandResult {
        var table = TextTable(environment.placeHeadings + ["REVISION", "PERCENT", "TAG", "URL"])
        for observation in observations {
            for share in observation.trafficStatuses {
                table.add(
                    environment.cells(of: observation.identity) + [
                        share.revision, "\(share.percent)", share.tag ?? "–", share.url ?? observation.url,
                    ])
            }
        }
        return CommandResult(
            [
                "schema": .string(schema), "environment": .string(environment.name),
                "services": .array(
                    observations.map {
                        [
                            "service": .string($0.identity.name), "region": .string($0.identity.region),
                            "url": .string($0.url), "traffic": entries($0.trafficStatuses),
                        ]
                    }), "error": .null,
            ], text: table.text(for: console))
    }
}

extension Environment {
    /// The first columns of a table about services; the region is one of them where there are several.
    var placeHeadings: [String] { hasSeveralRegions ? ["SERVICE", "REGION"] : ["SERVICE"] }

    func cells(of identity: ServiceIdentity) -> [String] {
        hasSeveralRegions ? [identity.name, identity.region] : [identity.name]
    }
}
