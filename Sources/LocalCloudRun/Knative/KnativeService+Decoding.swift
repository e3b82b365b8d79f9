import JSON

extension KnativeService {
    /// The v2 document that a v1 body asks for. What v1 has no word for is kept from `stored`.
    static func decode(_ body: JSONValue, over stored: JSONValue?) throws(APIError) -> JSONValue {
        guard body["apiVersion"] == .string(version), body["kind"] == "Service" else {
            throw APIError(
                .invalidArgument, "Invalid object: apiVersion must be '\(version)' and kind must be 'Service'.")
        }
        var result = stored ?? [:]
        let metadata = body["metadata"]
        result["labels"] = KnativeAnnotations.own(metadata?["labels"]?.object ?? [:])
        try KnativeAnnotations.decode(service: metadata?["annotations"], into: &result)
        result["template"] = try template(body["spec"]?["template"], over: stored?["template"])
        var traffic: [JSONValue] = []
        for wanted in body["spec"]?["traffic"]?.array ?? [] { traffic.append(try target(wanted)) }
        result["traffic"] = .array(traffic)
        return result
    }

    private static func template(_ template: JSONValue?, over stored: JSONValue?) throws(APIError) -> JSONValue? {
        guard let template, let spec = template["spec"] else { return nil }
        var result = stored ?? [:]
        result["revision"] = template["metadata"]?["name"]
        result["labels"] = KnativeAnnotations.own(template["metadata"]?["labels"]?.object ?? [:])
        result["maxInstanceRequestConcurrency"] = spec["containerConcurrency"]
        result["serviceAccount"] = spec["serviceAccountName"]
        result["timeout"] = (spec["timeoutSeconds"]?.integer).map { .string("\($0)s") }
        let before = stored?["containers"]?.array ?? []
        var containers: [JSONValue] = []
        for (index, container) in (spec["containers"]?.array ?? []).enumerated() {
            containers.append(
                try KnativeContainer.decode(container, over: before.indices.contains(index) ? before[index] : nil))
        }
        result["containers"] = .array(containers)
        try KnativeAnnotations.decode(template: template["metadata"]?["annotations"], into: &result)
        var volumes: [JSONValue] = []
        for volume in spec["volumes"]?.array ?? [] {
            volumes.append(try KnativeVolume.decode(volume, stored: stored?["volumes"]?.array ?? []))
        }
        result["volumes"] = volumes.isEmpty ? nil : .array(volumes)
        return result
    }

    private static func target(_ target: JSONValue) throws(APIError) -> JSONValue {
        var result: [String: JSONValue] = [:]
        result["percent"] = target["percent"]
        result["tag"] = target["tag"]
        let name = target["revisionName"]?.string ?? ""
        let isLatest = target["latestRevision"]?.bool ?? false
        guard isLatest == name.isEmpty else {
            throw APIError(
                .invalidArgument, "spec.traffic: exactly one of latestRevision and revisionName should be set.")
        }
        if isLatest {
            result["type"] = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
        } else {
            result["type"] = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
            result["revision"] = .string(name)
        }
        return .object(result)
    }
}
