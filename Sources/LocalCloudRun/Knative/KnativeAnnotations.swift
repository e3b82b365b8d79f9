import JSON

/// What v1 says in annotations and v2 in fields. Both directions stand side by side so that what was read can be
/// written back without a change.
enum KnativeAnnotations {
    static let location = "cloud.googleapis.com/location"
    static let ingress = "run.googleapis.com/ingress"
    static let defaultURLDisabled = "run.googleapis.com/default-url-disabled"
    static let description = "run.googleapis.com/description"
    static let launchStage = "run.googleapis.com/launch-stage"
    static let cpuThrottling = "run.googleapis.com/cpu-throttling"
    static let startupCPUBoost = "run.googleapis.com/startup-cpu-boost"
    static let minimumScale = "autoscaling.knative.dev/minScale"
    static let maximumScale = "autoscaling.knative.dev/maxScale"
    static let sessionAffinity = "run.googleapis.com/sessionAffinity"
    static let executionEnvironment = "run.googleapis.com/execution-environment"

    private static let ingresses = [
        "all": "INGRESS_TRAFFIC_ALL", "internal": "INGRESS_TRAFFIC_INTERNAL_ONLY",
        "internal-and-cloud-load-balancing": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "none": "INGRESS_TRAFFIC_NONE",
    ]
    private static let environments = [
        "gen1": "EXECUTION_ENVIRONMENT_GEN1", "gen2": "EXECUTION_ENVIRONMENT_GEN2",
    ]

    /// Those of the service.
    static func encode(service: JSONValue) -> [String: JSONValue] {
        var result = service["annotations"]?.object ?? [:]
        let ingress = ingresses.first { $0.value == service["ingress"]?.string }?.key ?? "all"
        result[Self.ingress] = .string(ingress)
        result["serving.knative.dev/creator"] = service["creator"]
        result["serving.knative.dev/lastModifier"] = service["lastModifier"]
        if let text = service["description"] { result[description] = text }
        if service["defaultUriDisabled"]?.bool == true { result[defaultURLDisabled] = "true" }
        if let stage = service["launchStage"], stage != "GA" { result[launchStage] = stage }
        return result
    }

    static func decode(service annotations: JSONValue?, into document: inout JSONValue) throws(APIError) {
        let given = annotations?.object ?? [:]
        document["annotations"] = own(given)
        if let text = given[ingress]?.string {
            guard let value = ingresses[text] else { throw invalid(ingress, text) }
            document["ingress"] = .string(value)
        } else {
            document["ingress"] = nil
        }
        document["description"] = given[description]
        if let text = given[defaultURLDisabled]?.string {
            guard ["true", "false"].contains(text) else { throw invalid(defaultURLDisabled, text) }
        }
        document["defaultUriDisabled"] = given[defaultURLDisabled] == "true" ? true : nil
        if let stage = given[launchStage]?.string {
            guard ["ALPHA", "BETA", "GA"].contains(stage) else { throw invalid(launchStage, stage) }
            document["launchStage"] = .string(stage)
        }
    }

    /// Those of the template.
    static func encode(template: JSONValue) -> [String: JSONValue] {
        var result = template["annotations"]?.object ?? [:]
        for (key, field) in [(minimumScale, "minInstanceCount"), (maximumScale, "maxInstanceCount")] {
            if let count = template["scaling"]?[field]?.integer { result[key] = .string(String(count)) }
        }
        if template["sessionAffinity"]?.bool == true { result[sessionAffinity] = "true" }
        if let environment = environments.first(where: { $0.value == template["executionEnvironment"]?.string }) {
            result[executionEnvironment] = .string(environment.key)
        }
        result.merge(encode(resources: mainResources(template))) { $1 }
        return result
    }

    static func decode(template annotations: JSONValue?, into template: inout JSONValue) throws(APIError) {
        let given = annotations?.object ?? [:]
        template["annotations"] = own(given)
        for (key, field) in [(minimumScale, "minInstanceCount"), (maximumScale, "maxInstanceCount")] {
            var scaling = template["scaling"] ?? [:]
            if let text = given[key]?.string {
                guard let count = Int64(text), (0...100_000).contains(count) else { throw invalid(key, text) }
                scaling[field] = .integer(count)
            } else {
                scaling[field] = nil
            }
            template["scaling"] = scaling
        }
        template["sessionAffinity"] = given[sessionAffinity] == "true" ? true : nil
        if let text = given[executionEnvironment]?.string {
            guard let value = environments[text] else { throw invalid(executionEnvironment, text) }
            template["executionEnvironment"] = .string(value)
        } else {
            template["executionEnvironment"] = nil
        }
        try decode(resources: given, into: &template)
    }

    private static func encode(resources: JSONValue?) -> [String: JSONValue] {
        var result = [cpuThrottling: JSONValue.string(resources?["cpuIdle"]?.bool == true ? "true" : "false")]
        if resources?["startupCpuBoost"]?.bool == true { result[startupCPUBoost] = "true" }
        return result
    }

    /// v2 has these per container. They stay as they are unless the annotations say something else than before.
    private static func decode(
        resources given: [String: JSONValue], into template: inout JSONValue
    ) throws(APIError) {
        for key in [cpuThrottling, startupCPUBoost] {
            if let text = given[key]?.string, !["true", "false"].contains(text) { throw invalid(key, text) }
        }
        // v1 throttles unless it is told otherwise.
        let wantsIdle = given[cpuThrottling] != "false"
        let wantsBoost = given[startupCPUBoost] == "true"
        let current = mainResources(template)
        guard
            (current?["cpuIdle"]?.bool ?? false) != wantsIdle
                || (current?["startupCpuBoost"]?.bool ?? false) != wantsBoost
        else { return }
        template["containers"] = (template["containers"]?.array).map { containers in
            .array(
                containers.map { container in
                    var result = container
                    var resources = result["resources"] ?? [:]
                    resources["cpuIdle"] = .bool(wantsIdle)
                    resources["startupCpuBoost"] = wantsBoost ? true : nil
                    result["resources"] = resources
                    return result
                })
        }
    }

    private static func mainResources(_ template: JSONValue) -> JSONValue? {
        let containers = template["containers"]?.array ?? []
        return ServiceDefaults.ingressContainer(containers).flatMap { containers[$0]["resources"] }
    }

    /// Without those of the system, which v2 does not take.
    static func own(_ pairs: [String: JSONValue]) -> JSONValue? {
        let own = pairs.filter { key, _ in
            !KeyRules.reservedPrefixes.contains { key.hasPrefix($0 + "/") }
        }
        return own.isEmpty ? nil : .object(own)
    }

    private static func invalid(_ key: String, _ value: String) -> APIError {
        APIError(.invalidArgument, "metadata.annotations[\(key)]: invalid value '\(value)'.")
    }
}
