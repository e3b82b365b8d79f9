import Configuration
import JSON
import Releases

/// Domain values in the words of the v2 API. Nil leaves a field out, so that Cloud Run's default holds.
enum ServiceEncoding {
    static func traffic(_ targets: [TrafficTarget]) -> JSONValue {
        .array(
            targets.map { target in
                var fields: [String: JSONValue] = ["percent": integer(target.percent)]
                if let revision = target.revision {
                    fields["type"] = .string(TrafficTargetType.revision.rawValue)
                    fields["revision"] = .string(revision)
                } else {
                    fields["type"] = .string(TrafficTargetType.latest.rawValue)
                }
                fields["tag"] = target.tag.map(JSONValue.string)
                return .object(fields)
            })
    }

    /// The body of a create. Who may call it is left at "nobody without permission".
    static func creation(_ change: ServiceChange) -> JSONValue {
        var fields = parts(of: change)
        fields["ingress"] = change.template?.container.ingress.map { .string(ingress($0)) }
        return .object(fields)
    }

    /// The body of a change and the mask that names exactly what is in it.
    static func update(_ change: ServiceChange, of service: ServiceIdentity) -> (body: JSONValue, mask: [String]) {
        var fields = parts(of: change)
        let mask = ["template", "traffic", "annotations"].filter { fields[$0] != nil }
        fields["name"] = .string(service.description)
        fields["etag"] = change.etag.map(JSONValue.string)
        return (.object(fields), mask)
    }

    private static func parts(of change: ServiceChange) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [:]
        fields["template"] = change.template.map(template)
        fields["traffic"] = change.traffic.map(traffic)
        fields["annotations"] = change.annotations.map(strings)
        return fields
    }

    /// The API's word for what the configuration calls `all`, `internal`, `internal-and-cloud-load-balancing`
    /// (gcloud's words); the API's own words pass.
    private static func ingress(_ word: String) -> String {
        switch word {
        case "all": "INGRESS_TRAFFIC_ALL"
        case "internal": "INGRESS_TRAFFIC_INTERNAL_ONLY"
        case "internal-and-cloud-load-balancing": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
        default: word
        }
    }

    /// The way back; a word that the configuration has none for stays the API's.
    static func configuredIngress(_ word: String) -> String {
        ["all", "internal", "internal-and-cloud-load-balancing"].first { ingress($0) == word } ?? word
    }

    static func integer(_ value: Int) -> JSONValue { .integer(Int64(value)) }

    static func strings(_ values: [String: String]) -> JSONValue { .object(values.mapValues(JSONValue.string)) }
}
