/// What goes wrong, where, and how often. Faults are asked for by whoever tests a pipeline: without a rule nothing of
/// this has any effect.
struct FaultRule: Hashable, Sendable {
    /// Named by its author, or `rule-N`.
    var id: String
    var target: FaultTarget
    var effect: FaultEffect
    /// Chance that an occasion is hit; 100 hits every one.
    var percent: Double = 100
    /// That many occasions pass unharmed first.
    var skip = 0
    /// That many are hit, then no more; nil for no end.
    var times: Int?
}

/// Where a rule applies: a method of the API, or what serves and starts a service. What is nil, or `*`, means any.
struct FaultTarget: Hashable, Sendable {
    /// `services.patch`, `operations.*`, `*`; nil for a rule that is not about the API.
    var api: String?
    /// Id of the service.
    var service: String?
    /// Region that the service is in.
    var location: String?
    /// The tag by which a request comes; nil for any way in.
    var tag: String?
    /// Beginning of a request's path.
    var path: String?

    /// The methods to which a fault can happen, by what they are about.
    private static let methods: [String: Set<String>] = [
        "services": [
            "create", "get", "list", "patch", "delete", "replaceService", "getIamPolicy", "setIamPolicy",
            "testIamPermissions",
        ],
        "revisions": ["get", "list", "delete"], "operations": ["get", "list", "wait", "delete"],
        "jobs": [
            "create", "get", "list", "patch", "delete", "run", "getIamPolicy", "setIamPolicy", "testIamPermissions",
        ],
        "executions": ["get", "list", "delete", "cancel"], "tasks": ["get", "list"], "entries": ["list"],
        "serviceAccounts": ["generateIdToken"],
    ]

    /// Whether a pattern is one that some call can ever match.
    static func covers(anyMethodOf pattern: String) -> Bool {
        if pattern == "*" { return true }
        let parts = pattern.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let known = methods[parts[0]] else { return false }
        return parts[1] == "*" || known.contains(parts[1])
    }
}

enum FaultEffect: Hashable, Sendable {
    // A call of the API, or a request to a service.
    case latency(Duration)
    case error(status: Int, message: String?, retryAfter: Int?)
    /// The connection is reset without an answer.
    case reset
    // A call that starts an operation.
    case operation(OperationFault)
    /// For this long after a write, reads show what was before it.
    case staleReads(Duration)
    // An instance that starts.
    case readinessDelay(Duration)
    /// The instance is killed this long after it became ready.
    case crashAfterReady(Duration)
    /// Routes follow a change of traffic, tags or access this late.
    case slowDataPlane(Duration)
}

enum OperationFault: String, Hashable, Sendable, CaseIterable {
    /// Ends with an error, although the change itself was carried out.
    case fails
    case neverEnds = "never-ends"
    /// 404 from the first look on.
    case disappears
    /// Done, with neither response nor error.
    case noResponse = "no-response"
}

/// All rules, and the seed from which their chances are drawn.
struct FaultPlan: Hashable, Sendable {
    var seed: UInt64 = 0
    var rules: [FaultRule] = []
}
