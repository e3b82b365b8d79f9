import Releases

/// The paths of the Cloud Run Admin API v2 below a base URL.
struct CloudRunEndpoints {
    var base: String

    private func location(_ service: ServiceIdentity) -> String {
        "\(base)/v2/projects/\(service.project.percentEncoded)/locations/\(service.region.percentEncoded)"
    }

    func service(_ service: ServiceIdentity) -> String {
        "\(location(service))/services/\(service.name.percentEncoded)"
    }

    func create(_ service: ServiceIdentity) -> String {
        "\(location(service))/services?serviceId=\(service.name.percentEncoded)"
    }

    func update(_ identity: ServiceIdentity, mask: [String], forceNewRevision: Bool) -> String {
        let force = forceNewRevision ? "&forceNewRevision=true" : ""
        return "\(service(identity))?updateMask=\(mask.joined(separator: ","))\(force)"
    }

    func revision(_ name: String, of identity: ServiceIdentity) -> String {
        "\(service(identity))/revisions/\(name.percentEncoded)"
    }

    func revisions(of identity: ServiceIdentity, pageToken: String?) -> String {
        let page = pageToken.map { "&pageToken=\($0.percentEncoded)" } ?? ""
        return "\(service(identity))/revisions?pageSize=100\(page)"
    }

    /// Version 3 shows conditional bindings, which would be lost if an older form were written back.
    func policy(of identity: ServiceIdentity) -> String {
        "\(service(identity)):getIamPolicy?options.requestedPolicyVersion=3"
    }

    func setPolicy(of identity: ServiceIdentity) -> String {
        "\(service(identity)):setIamPolicy"
    }

    /// Nil for a name that is not an operation's: it comes from outside and must not lead to another path.
    func operation(_ name: OperationName, wait: Bool = false) -> String? {
        let parts = name.value.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "projects", parts[2] == "locations", parts[4] == "operations",
            parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
        else { return nil }
        let path = parts.map { String($0).percentEncoded }.joined(separator: "/")
        return "\(base)/v2/\(path)\(wait ? ":wait" : "")"
    }
}
