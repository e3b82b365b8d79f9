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
    static func isMeant(_ annotation: String) -> Bool {
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
}
