import JSON

/// A service as this server keeps it. `document` is the resource without what is computed when it is shown: URLs.
struct ServiceRecord: Hashable, Codable, Sendable {
    var name: ServiceName
    /// First part of its host name: its id, unless a service of another project or region took that first, and then its
    /// id and region.
    var hostLabel: String
    var document: JSONValue
    var policy: JSONValue?
    /// Loopback ports by tag; the service's own under the empty name.
    var ports: [String: Int]
    /// How many revisions it ever had.
    var revisionCount: Int64

    var generation: Int64 { document["generation"]?.integer ?? 0 }
    var etag: String { document["etag"]?.string ?? "" }
    var split: TrafficSplit { TrafficSplit(statuses: document["trafficStatuses"]) }
    var host: String { "\(hostLabel).localhost" }

    func host(tag: String) -> String { "\(tag)---\(host)" }

    /// Whether anybody may call it.
    var isPublic: Bool {
        if document["invokerIamDisabled"]?.bool == true { return true }
        return (policy?["bindings"]?.array ?? []).contains { binding in
            binding["role"]?.string == "roles/run.invoker" && binding["condition"] == nil
                && (binding["members"]?.array ?? []).contains { $0.string == "allUsers" }
        }
    }

    /// As the API shows it.
    func resource(ingressPort: Int) -> JSONValue {
        var result = document
        if !isDefaultURIDisabled { result["uri"] = .string(url(host, ingressPort)) }
        result["urls"] = .array(urls(ingressPort: ingressPort).map { .string($0) })
        if let statuses = document["trafficStatuses"]?.array {
            result["trafficStatuses"] = .array(
                statuses.map { status in
                    guard let tag = status["tag"]?.string else { return status }
                    var shown = status
                    shown["uri"] = .string(url(host(tag: tag), ingressPort))
                    return shown
                })
        }
        return result
    }

    /// The host-routed URL, the plain one, then the plain one of each tag. What Google says of `defaultUriDisabled` is
    /// about the default URI alone: tags keep theirs.
    func urls(ingressPort: Int) -> [String] {
        var result = isDefaultURIDisabled ? [] : [url(host, ingressPort)]
        for key in (isDefaultURIDisabled ? [] : [""]) + split.tags {
            if let port = ports[key] { result.append(url("127.0.0.1", port)) }
        }
        return result
    }

    var isDefaultURIDisabled: Bool { document["defaultUriDisabled"]?.bool == true }

    /// What a token for this service may name as its audience.
    func audiences(ingressPort: Int) -> Set<String> {
        var result = Set(urls(ingressPort: ingressPort)).union([url(host, ingressPort)])
        result.formUnion(split.tags.map { url(host(tag: $0), ingressPort) })
        result.formUnion((document["customAudiences"]?.array ?? []).compactMap(\.string))
        return result
    }

    private func url(_ host: String, _ port: Int) -> String { "http://\(host):\(port)" }
}
