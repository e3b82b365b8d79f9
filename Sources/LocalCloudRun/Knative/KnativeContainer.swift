import JSON

/// A container as v1 writes it, and as v2 does.
enum KnativeContainer {
    private static let same = [
        "name", "image", "command", "args", "ports", "volumeMounts", "workingDir", "livenessProbe", "startupProbe",
        "readinessProbe",
    ]

    static func encode(_ container: JSONValue) -> JSONValue {
        var result: [String: JSONValue] = [:]
        for field in same { result[field] = container[field] }
        if let limits = container["resources"]?["limits"] { result["resources"] = ["limits": limits] }
        if let variables = container["env"]?.array {
            result["env"] = .array(
                variables.map { variable in
                    guard let reference = variable["valueSource"]?["secretKeyRef"] else { return variable }
                    var members: [String: JSONValue] = ["key": reference["version"] ?? "latest"]
                    members["name"] = reference["secret"]
                    var shown: JSONValue = ["valueFrom": ["secretKeyRef": .object(members)]]
                    shown["name"] = variable["name"]
                    return shown
                })
        }
        return .object(result)
    }

    /// `stored` is the container at the same place, for what v1 has no word for.
    static func decode(_ container: JSONValue, over stored: JSONValue?) throws(APIError) -> JSONValue {
        var result = stored ?? [:]
        for field in same { result[field] = container[field] }
        // v1's probes may say how many successes they want; only one is allowed, and v2 has no field for it.
        for probe in ["livenessProbe", "startupProbe", "readinessProbe"] { result[probe]?["successThreshold"] = nil }
        if let ports = result["ports"]?.array {
            result["ports"] = .array(
                ports.map { port in
                    var result = port
                    result["protocol"] = nil
                    return result
                })
        }
        if var resources = result["resources"] {
            resources["limits"] = container["resources"]?["limits"]
            result["resources"] = resources
        } else if let limits = container["resources"]?["limits"] {
            result["resources"] = ["limits": limits]
        }
        result["env"] = nil
        if let variables = container["env"]?.array { result["env"] = .array(try variables.map(variable)) }
        return result
    }

    private static func variable(_ variable: JSONValue) throws(APIError) -> JSONValue {
        guard let source = variable["valueFrom"] else { return variable }
        guard let reference = source["secretKeyRef"], let name = variable["name"] else {
            throw APIError(
                .invalidArgument, "spec.template.spec.containers.env.value_from: only secret_key_ref is supported.")
        }
        var members: [String: JSONValue] = ["version": reference["key"] ?? "latest"]
        members["secret"] = reference["name"]
        return ["name": name, "valueSource": ["secretKeyRef": .object(members)]]
    }
}
