package import JSON

/// A service as the v1 API and `gcloud run services describe --format export` write it (Knative Serving), in the
/// words of v2. What v1 alone says keeps its name, so that it is told of.
package enum KnativeDocument {
    /// Nil for a document of another kind.
    package static func asV2(_ document: JSONValue) -> (name: String, service: JSONValue)? {
        guard document["kind"]?.string == "Service",
            document["apiVersion"]?.string?.hasPrefix("serving.knative.dev/") == true,
            let name = document["metadata"]?["name"]?.string
        else { return nil }
        var service: [String: JSONValue] = [:]
        var annotations = document["metadata"]?["annotations"]?.object ?? [:]
        service["ingress"] = ingress(annotations.removeValue(forKey: "run.googleapis.com/ingress"))
        if annotations.removeValue(forKey: "run.googleapis.com/invoker-iam-disabled")?.string == "true" {
            service["invokerIamDisabled"] = true
        }
        service["description"] = annotations.removeValue(forKey: "run.googleapis.com/description")
        for (key, value) in annotations where isMeant(key) { service[key] = value }
        for (key, value) in document["spec"]?.object ?? [:] where key != "traffic" { service[key] = value }
        service["template"] = template(document["spec"]?["template"])
        return (name, .object(service))
    }

    /// What the API itself sets says nothing about the service.
    private static func isMeant(_ annotation: String) -> Bool {
        let set = [
            "serving.knative.dev/creator", "serving.knative.dev/lastModifier", "run.googleapis.com/client-name",
            "run.googleapis.com/client-version", "run.googleapis.com/operation-id", "run.googleapis.com/urls",
            "run.googleapis.com/ingress-status", "run.googleapis.com/launch-stage", "client.knative.dev/user-image",
            "client.knative.dev/nonce", "run.googleapis.com/build-id", "run.googleapis.com/build-source-location",
        ]
        return !set.contains(annotation) && !annotation.hasPrefix("kubectl.kubernetes.io/")
            && (annotation.contains("run.googleapis.com/") || annotation.contains("knative.dev/"))
    }

    private static func ingress(_ word: JSONValue?) -> JSONValue? {
        switch word?.string {
        case "all": "INGRESS_TRAFFIC_ALL"
        case "internal": "INGRESS_TRAFFIC_INTERNAL_ONLY"
        case "internal-and-cloud-load-balancing": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
        default: word
        }
    }

    private static func template(_ document: JSONValue?) -> JSONValue {
        var spec = document?["spec"]?.object ?? [:]
        var annotations = document?["metadata"]?["annotations"]?.object ?? [:]
        var template: [String: JSONValue] = [:]
        var scaling: [String: JSONValue] = [:]
        scaling["minInstanceCount"] = number(annotations.removeValue(forKey: "autoscaling.knative.dev/minScale"))
        scaling["maxInstanceCount"] = number(annotations.removeValue(forKey: "autoscaling.knative.dev/maxScale"))
        if !scaling.isEmpty { template["scaling"] = .object(scaling) }
        template["maxInstanceRequestConcurrency"] = spec.removeValue(forKey: "containerConcurrency")
        template["serviceAccount"] = spec.removeValue(forKey: "serviceAccountName")
        template["timeout"] = spec.removeValue(forKey: "timeoutSeconds")?.integer.map { .string("\($0)s") }
        let throttles = annotations.removeValue(forKey: "run.googleapis.com/cpu-throttling")?.string != "false"
        let boosts = annotations.removeValue(forKey: "run.googleapis.com/startup-cpu-boost")?.string == "true"
        template["containers"] = (spec.removeValue(forKey: "containers")?.array).map { containers in
            .array(containers.map { container($0, throttles: throttles, boosts: boosts) })
        }
        if annotations.removeValue(forKey: "run.googleapis.com/sessionAffinity")?.string == "true" {
            template["sessionAffinity"] = true
        }
        template["executionEnvironment"] = annotations.removeValue(
            forKey: "run.googleapis.com/execution-environment")
        for (key, value) in annotations where isMeant(key) { template[key] = value }
        for (key, value) in spec { template[key] = value }
        return .object(template)
    }

    private static func container(_ document: JSONValue, throttles: Bool, boosts: Bool) -> JSONValue {
        var container = document.object ?? [:]
        container["env"] = (container["env"]?.array).map { .array($0.map(variable)) }
        var resources = container["resources"]?.object ?? [:]
        if throttles { resources["cpuIdle"] = true }
        if boosts { resources["startupCpuBoost"] = true }
        if !resources.isEmpty { container["resources"] = .object(resources) }
        return .object(container)
    }

    /// A secret's version is its `key` there.
    private static func variable(_ document: JSONValue) -> JSONValue {
        guard let reference = document["valueFrom"]?["secretKeyRef"], let name = document["name"] else {
            return document
        }
        var source: [String: JSONValue] = [:]
        source["secret"] = reference["name"]
        source["version"] = reference["key"]
        return ["name": name, "valueSource": ["secretKeyRef": .object(source)]]
    }

    private static func number(_ text: JSONValue?) -> JSONValue? {
        text.map { value in value.integer.map(JSONValue.integer) ?? value }
    }
}
