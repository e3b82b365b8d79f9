/// What a method and a path mean; nil where this API has nothing.
enum Endpoint: Hashable, Sendable {
    case createService(Location)
    case listServices(Location)
    case getService(ServiceName)
    case patchService(ServiceName)
    case deleteService(ServiceName)
    case job(JobEndpoint)
    case namespace(NamespaceEndpoint)
    case getPolicy(PolicyHolder)
    case setPolicy(PolicyHolder)
    case testPermissions(PolicyHolder)
    /// The service's id may be `-`.
    case listRevisions(ServiceName)
    case getRevision(ServiceName, String)
    case deleteRevision(ServiceName, String)
    case listOperations(Location)
    case getOperation(String)
    case waitOperation(String)
    case deleteOperation(String)
    case listLogEntries
    case generateIdentityToken(account: String)
    case status

    init?(method: String, path: String) {
        switch (method, path) {
        case ("POST", "/v2/entries:list"): self = .listLogEntries
        case ("GET", "/stagectl/status"): self = .status
        case ("POST", _) where path.hasPrefix("/v1/projects/-/serviceAccounts/"):
            let account = path.dropFirst("/v1/projects/-/serviceAccounts/".count)
            guard account.hasSuffix(":generateIdToken"), !account.contains("/") else { return nil }
            self = .generateIdentityToken(account: String(account.dropLast(":generateIdToken".count)))
        case _ where path.hasPrefix("/apis/") || path.hasPrefix("/v1/"):
            guard let endpoint = NamespaceEndpoint(method: method, path: path) else { return nil }
            self = .namespace(endpoint)
        default:
            var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count >= 7, parts[0].isEmpty, parts[1] == "v2", parts[2] == "projects",
                parts[4] == "locations", !parts[3].isEmpty, !parts[5].isEmpty
            else { return nil }
            let parent = Location(project: parts[3], location: parts[5])
            // A custom verb hangs on the last part: `services/backend:getIamPolicy`.
            var verb: String?
            if let last = parts.last, let colon = last.firstIndex(of: ":") {
                verb = String(last[last.index(after: colon)...])
                parts[parts.count - 1] = String(last[..<colon])
            }
            let rest = Array(parts[6...])
            guard let found = Self.resource(method: method, rest: rest, verb: verb, parent: parent) else { return nil }
            self = found
        }
    }

    private static func resource(method: String, rest: [String], verb: String?, parent: Location) -> Self? {
        guard !rest.contains("") else { return nil }
        switch (method, rest.first, rest.count, verb) {
        case ("POST", "services", 1, nil): return .createService(parent)
        case ("GET", "services", 1, nil): return .listServices(parent)
        case ("GET", "services", 2, nil): return .getService(parent.service(rest[1]))
        case ("PATCH", "services", 2, nil): return .patchService(parent.service(rest[1]))
        case ("DELETE", "services", 2, nil): return .deleteService(parent.service(rest[1]))
        case (_, "services", 2, let verb?): return policy(method, verb, of: .service(parent.service(rest[1])))
        case (_, "jobs", 2, let verb?) where verb != "run":
            return policy(method, verb, of: .job(parent.job(rest[1])))
        case (_, "jobs", _, _):
            return JobEndpoint(method: method, rest: rest, verb: verb, parent: parent).map(Self.job)
        case ("GET", "services", 3, nil) where rest[2] == "revisions":
            return .listRevisions(parent.service(rest[1]))
        case ("GET", "services", 4, nil) where rest[2] == "revisions":
            return .getRevision(parent.service(rest[1]), rest[3])
        case ("DELETE", "services", 4, nil) where rest[2] == "revisions":
            return .deleteRevision(parent.service(rest[1]), rest[3])
        case ("GET", "operations", 1, nil): return .listOperations(parent)
        case ("GET", "operations", 2, nil): return .getOperation("\(parent.path)/operations/\(rest[1])")
        case ("POST", "operations", 2, "wait"): return .waitOperation("\(parent.path)/operations/\(rest[1])")
        case ("DELETE", "operations", 2, nil): return .deleteOperation("\(parent.path)/operations/\(rest[1])")
        default: return nil
        }
    }

    private static func policy(_ method: String, _ verb: String, of holder: PolicyHolder) -> Self? {
        switch (method, verb) {
        case ("GET", "getIamPolicy"): .getPolicy(holder)
        case ("POST", "setIamPolicy"): .setPolicy(holder)
        case ("POST", "testIamPermissions"): .testPermissions(holder)
        default: nil
        }
    }
}

/// What has an access policy.
enum PolicyHolder: Hashable, Sendable {
    case service(ServiceName)
    case job(JobName)
}
