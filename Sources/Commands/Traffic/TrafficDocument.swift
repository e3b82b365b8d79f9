import JSON
import Releases
import Reporting

/// `stagectl.traffic/v1`
enum TrafficDocument {
    static let schema = "stagectl.traffic/v1"

    static func entries(_ shares: [TrafficShare]) -> JSONValue {
        ReleaseJSON.traffic(shares.map { TrafficEntry(revision: $0.revision, percent: $0.percent, tag: $0.tag) })
    }

    static func result(_ observations: [ServiceObservation], environment: String) -> CommandResult {
        var table = TextTable(["SERVICE", "REVISION", "PERCENT", "TAG", "URL"])
        for observation in observations {
            for share in observation.trafficStatuses {
                table.add([
                    observation.identity.name, share.revision, "\(share.percent)", share.tag ?? "–",
                    share.url ?? observation.url,
                ])
            }
        }
        return CommandResult(
            [
                "schema": .string(schema), "environment": .string(environment),
                "services": .array(
                    observations.map {
                        [
                            "service": .string($0.identity.name), "region": .string($0.identity.region),
                            "url": .string($0.url), "traffic": entries($0.trafficStatuses),
                        ]
                    }), "error": .null,
            ], text: table.text)
    }
}
