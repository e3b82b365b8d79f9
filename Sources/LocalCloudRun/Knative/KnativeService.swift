import JSON

/// A service as v1 shows it, from the resource that v2 shows.
enum KnativeService {
    static let version = "serving.knative.dev/v1"

    static func encode(_ service: JSONValue, name: ServiceName) -> JSONValue {
        [
            "apiVersion": .string(version), "kind": "Service", "metadata": metadata(service, name),
            "spec": spec(service), "status": status(service),
        ]
    }

    private static func metadata(_ service: JSONValue, _ name: ServiceName) -> JSONValue {
        var labels = service["labels"]?.object ?? [:]
        labels[KnativeAnnotations.location] = .string(name.parent.location)
        var result: JSONValue = [
            "name": .string(name.id), "namespace": .string(name.parent.project),
            "selfLink": .string("/apis/\(version)/namespaces/\(name.parent.project)/services/\(name.id)"),
            "resourceVersion": .string(resourceVersion(service)),
            "generation": .integer(service["generation"]?.integer ?? 0), "labels": .object(labels),
            "annotations": .object(KnativeAnnotations.encode(service: service)),
        ]
        result["uid"] = service["uid"]
        result["creationTimestamp"] = service["createTime"]
        result["deletionTimestamp"] = service["deleteTime"]
        return result
    }

    static func resourceVersion(_ service: JSONValue) -> String {
        String((service["etag"]?.string ?? "").filter { $0 != "\"" })
    }

    private static func spec(_ service: JSONValue) -> JSONValue {
        let template = service["template"] ?? [:]
        var metadata: JSONValue = ["annotations": .object(KnativeAnnotations.encode(template: template))]
        metadata["name"] = template["revision"]
        metadata["labels"] = template["labels"]
        var spec: JSONValue = [
            "containers": .array((template["containers"]?.array ?? []).map(KnativeContainer.encode))
        ]
        spec["containerConcurrency"] = template["maxInstanceRequestConcurrency"]
        spec["serviceAccountName"] = template["serviceAccount"]
        if let seconds = template["timeout"]?.string.flatMap(Seconds.init(parsing:)) {
            spec["timeoutSeconds"] = .integer(Int64(seconds.value))
        }
        if let volumes = template["volumes"]?.array { spec["volumes"] = .array(volumes.map(KnativeVolume.encode)) }
        let traffic = (service["traffic"]?.array ?? []).map(target)
        return ["template": ["metadata": metadata, "spec": spec], "traffic": .array(traffic)]
    }

    private static func target(_ target: JSONValue) -> JSONValue {
        var result: [String: JSONValue] = [:]
        result["percent"] = target["percent"]
        result["tag"] = target["tag"]
        if target["type"] == "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST" {
            result["latestRevision"] = true
        } else {
            result["revisionName"] = target["revision"]
        }
        return .object(result)
    }

    private static func status(_ service: JSONValue) -> JSONValue {
        var result: JSONValue = [
            "conditions": .array(
                ((service["terminalCondition"].map { [$0] } ?? []) + (service["conditions"]?.array ?? []))
                    .map(condition)),
            "observedGeneration": .integer(service["observedGeneration"]?.integer ?? 0),
        ]
        for (name, field) in [
            ("latestCreatedRevisionName", "latestCreatedRevision"), ("latestReadyRevisionName", "latestReadyRevision"),
        ] {
            if let revision = service[field]?.string, !revision.isEmpty { result[name] = .string(shortName(revision)) }
        }
        if let url = service["uri"] {
            result["url"] = url
            result["address"] = ["url": url]
        }
        if let statuses = service["trafficStatuses"]?.array {
            result["traffic"] = .array(
                statuses.map { status in
                    var shown = target(status)
                    shown["revisionName"] = status["revision"]
                    shown["url"] = status["uri"]
                    return shown
                })
        }
        return result
    }

    private static func condition(_ condition: JSONValue) -> JSONValue {
        var result: [String: JSONValue] = [:]
        for field in ["type", "message", "lastTransitionTime"] { result[field] = condition[field] }
        result["status"] =
            switch condition["state"]?.string {
            case Condition.State.succeeded.rawValue: "True"
            case Condition.State.failed.rawValue: "False"
            default: "Unknown"
            }
        let reason = condition["revisionReason"] ?? condition["reason"]
        result["reason"] = (reason?.string).map { .string(camelCase($0)) }
        return .object(result)
    }

    /// `HEALTH_CHECK_CONTAINER_ERROR` is `HealthCheckContainerError` in v1.
    static func camelCase(_ name: String) -> String {
        name.split(separator: "_").map { $0.prefix(1) + $0.dropFirst().lowercased() }.joined()
    }
}
