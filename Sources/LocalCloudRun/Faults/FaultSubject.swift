/// Something to which a fault can happen.
enum FaultSubject: Hashable, Sendable {
    /// A method of the API, named as Google's discovery documents name it: `services.patch`.
    case call(api: String, service: String?, location: String? = nil)
    case request(service: String, location: String? = nil, tag: String?, path: String)
    case start(service: String, location: String? = nil)
    case routes(service: String, location: String? = nil)
}

extension FaultRule {
    /// Whether the rule is about this subject at all; chance comes after.
    func covers(_ subject: FaultSubject) -> Bool {
        switch (subject, effect) {
        case (.call(let api, let service, let location), .latency), (.call(let api, let service, let location), .error),
            (.call(let api, let service, let location), .reset),
            (.call(let api, let service, let location), .operation),
            (.call(let api, let service, let location), .staleReads):
            guard let pattern = target.api else { return false }
            return Self.matches(pattern, api) && isAbout(service, in: location)
        case (.request(let service, let location, let tag, let path), .latency),
            (.request(let service, let location, let tag, let path), .error),
            (.request(let service, let location, let tag, let path), .reset):
            return target.api == nil && isAbout(service, in: location)
                && (target.tag == nil || target.tag == "*" || target.tag == tag)
                && path.hasPrefix(target.path ?? "")
        case (.start(let service, let location), .readinessDelay),
            (.start(let service, let location), .crashAfterReady),
            (.routes(let service, let location), .slowDataPlane):
            return isAbout(service, in: location)
        default:
            return false
        }
    }

    private func isAbout(_ service: String?, in location: String?) -> Bool {
        Self.allows(target.service, service) && Self.allows(target.location, location)
    }

    private static func allows(_ wanted: String?, _ value: String?) -> Bool {
        wanted == nil || wanted == "*" || wanted == value
    }

    /// `services.*` means every method of services; `*` every method.
    private static func matches(_ pattern: String, _ api: String) -> Bool {
        if pattern == "*" || pattern == api { return true }
        return pattern.hasSuffix(".*") && api.hasPrefix(pattern.dropLast())
    }
}

extension FaultSubject {
    /// - Parameter service: its full name.
    static func request(to service: String, tag: String?, path: String) -> FaultSubject {
        .request(
            service: shortName(service), location: ServiceName(path: service)?.parent.location, tag: tag, path: path)
    }

    /// - Parameter service: its full name.
    static func routes(of service: String) -> FaultSubject {
        .routes(service: shortName(service), location: ServiceName(path: service)?.parent.location)
    }

    /// The call that a request makes; nil for what is not Google's API.
    init?(call request: APIRequest) {
        var parts = request.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var verb: String?
        if let last = parts.last, let colon = last.firstIndex(of: ":") {
            verb = String(last[last.index(after: colon)...])
            parts[parts.count - 1] = String(last[..<colon])
        }
        let rest: [String]
        switch (parts.first, parts.count) {
        case ("", 3) where parts[1] == "v2" && parts[2] == "entries": rest = ["entries"]
        case ("", 7...) where parts[1] == "v2" && parts[2] == "projects": rest = Array(parts[6...])
        // v1: /apis/serving.knative.dev/v1/namespaces/P/services/S
        case ("", 7...) where parts[1] == "apis" && parts[4] == "namespaces": rest = Array(parts[6...])
        case ("", 7...) where parts[1] == "v1" && parts[2] == "projects" && parts[4] == "locations":
            rest = Array(parts[6...])
        case ("", 6) where parts[1] == "v1" && parts[2] == "projects": rest = Array(parts[4...])
        default: return nil
        }
        guard !rest.contains(""), let collection = rest.count % 2 == 1 ? rest.last : rest.dropLast().last else {
            return nil
        }
        let method: String? =
            switch (request.method, rest.count % 2 == 1) {
            case _ where verb != nil: verb
            case ("GET", true): "list"
            case ("POST", true): "create"
            case ("GET", false): "get"
            case ("PATCH", false): "patch"
            case ("PUT", false): "replaceService"
            case ("DELETE", false): "delete"
            default: nil
            }
        guard let method else { return nil }
        var service = rest.firstIndex(of: "services").flatMap { $0 + 1 < rest.count ? rest[$0 + 1] : nil }
        if collection == "services", method == "create" {
            service = request.query["serviceId"] ?? request.query["service_id"]
        }
        // v1 names a namespace instead, and its location in the body.
        let location = parts.firstIndex(of: "locations").map { parts[$0 + 1] }
        self = .call(api: "\(collection).\(method)", service: service, location: location)
    }
}
