import JSON

/// What a write changes, by the paths under which it is read: a service has one in v2 and two in v1.
struct WrittenResource: Hashable, Sendable {
    /// That of the version in which it was written comes first.
    var paths: [String]

    /// nil for a call that changes no resource with a name.
    init?(_ request: APIRequest) {
        // A verb (`:setIamPolicy`) writes to the resource before it.
        let path = String(request.path.prefix { $0 != ":" })
        let body = (try? JSONValue(parsing: request.body)) ?? [:]
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (parts.first, parts.dropFirst().first) {
        case ("", "v2"):
            var own = path
            if request.method == "POST", parts.count == 7 {
                guard let id = Self.id(request.query, of: parts[6]) else { return nil }
                own += "/" + id
            }
            paths = [own] + Self.forms(own, from: "/v2/", to: ["/v1/", "/apis/"])
        case ("", "v1"):
            var own = path
            if request.method == "POST" {
                guard let id = body["metadata"]?["name"]?.string else { return nil }
                own += "/" + id
            }
            paths = [own] + Self.forms(own, from: "/v1/", to: ["/v2/", "/apis/"])
        case ("", "apis"):
            guard parts.count >= 7, let id = parts.count > 7 ? parts[7] : body["metadata"]?["name"]?.string else {
                return nil
            }
            // Written without a location: it is in the body, or Cloud Run's usual one.
            let location = body["metadata"]?["labels"]?[KnativeAnnotations.location]?.string ?? "us-central1"
            let own = "/v1/projects/\(parts[5])/locations/\(location)/services/\(id)"
            paths = ["/apis/", "/v1/", "/v2/"].compactMap { Self.form(own, from: "/v1/", to: $0) }
        default: return nil
        }
    }

    private static func id(_ query: [String: String], of collection: String) -> String? {
        switch collection {
        case "services": query["serviceId"] ?? query["service_id"]
        case "jobs": query["jobId"] ?? query["job_id"]
        default: nil
        }
    }

    private static func forms(_ path: String, from version: String, to others: [String]) -> [String] {
        others.compactMap { form(path, from: version, to: $0) }
    }

    /// The same service in another version's words; nil for what v1 has nothing for.
    private static func form(_ path: String, from version: String, to other: String) -> String? {
        guard let name = ServiceName(path: String(path.dropFirst(version.count))) else { return nil }
        return switch other {
        case "/apis/": "/apis/serving.knative.dev/v1/namespaces/\(name.parent.project)/services/\(name.id)"
        default: other + name.path
        }
    }
}
