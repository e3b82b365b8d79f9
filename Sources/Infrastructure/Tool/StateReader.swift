import JSON

/// The few things that are read in Terraform's own state (format 4, `internal/states/statefile`).
enum StateReader {
    static func tainted(_ state: JSONValue) -> Set<String> {
        var addresses: Set<String> = []
        for resource in state["resources"]?.array ?? [] where resource["mode"]?.string == "managed" {
            guard let type = resource["type"]?.string, let name = resource["name"]?.string else { continue }
            let base = [resource["module"]?.string, type, name].compactMap(\.self).joined(separator: ".")
            for instance in resource["instances"]?.array ?? [] where instance["status"]?.string == "tainted" {
                let key = instance["index_key"].flatMap { $0 == .null ? nil : "[\($0.serialized())]" } ?? ""
                addresses.insert(base + key)
            }
        }
        return addresses
    }
}
