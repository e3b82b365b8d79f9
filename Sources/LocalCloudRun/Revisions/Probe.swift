import JSON

/// How a container shows that it is up, alive or able to take requests. The numbers are Cloud Run's.
struct Probe: Hashable, Sendable {
    enum Role: String, Hashable, Sendable {
        case startup = "STARTUP"
        case liveness = "LIVENESS"
        case readiness = "READINESS"
    }

    enum Kind: Hashable, Sendable {
        case tcp
        case http(path: String, headers: [String: String])
        /// The standard health service, asked for this service name.
        case grpc(service: String)
    }

    var role: Role
    var kind: Kind
    /// Inside the container; not always the one that takes the requests.
    var port: Int
    var initialDelay: Duration
    var timeout: Duration
    var period: Duration
    var failureThreshold: Int
    /// Cloud Run's own, which the user did not configure: its log lines and messages differ.
    var isDefault: Bool

    /// What Cloud Run does when no startup probe is configured: one attempt that lasts for 240 seconds.
    static func standard(port: Int) -> Self {
        Self(
            role: .startup, kind: .tcp, port: port, initialDelay: .zero, timeout: .seconds(240), period: .seconds(240),
            failureThreshold: 1, isDefault: true)
    }

    /// From a probe with its defaults filled in; nil when there is none.
    init?(_ document: JSONValue?, role: Role, containerPort: Int) {
        guard let document else { return nil }
        self.role = role
        if let get = document["httpGet"] {
            let headers = (get["httpHeaders"]?.array ?? []).map {
                ($0["name"]?.string ?? "", $0["value"]?.string ?? "")
            }
            kind = .http(
                path: get["path"]?.string ?? "/",
                headers: Dictionary(headers.filter { !$0.0.isEmpty }, uniquingKeysWith: { _, last in last }))
        } else if let grpc = document["grpc"] {
            kind = .grpc(service: grpc["service"]?.string ?? "")
        } else {
            kind = .tcp
        }
        let action = document["httpGet"] ?? document["tcpSocket"] ?? document["grpc"]
        port = Int(action?["port"]?.integer ?? Int64(containerPort))
        initialDelay = .seconds(document["initialDelaySeconds"]?.integer ?? 0)
        timeout = .seconds(document["timeoutSeconds"]?.integer ?? 1)
        period = .seconds(document["periodSeconds"]?.integer ?? 10)
        failureThreshold = max(1, Int(document["failureThreshold"]?.integer ?? 3))
        isDefault = false
        isDefault = self == Self.standard(port: containerPort).asConfigured
    }

    private init(
        role: Role, kind: Kind, port: Int, initialDelay: Duration, timeout: Duration, period: Duration,
        failureThreshold: Int, isDefault: Bool
    ) {
        self.role = role
        self.kind = kind
        self.port = port
        self.initialDelay = initialDelay
        self.timeout = timeout
        self.period = period
        self.failureThreshold = failureThreshold
        self.isDefault = isDefault
    }

    private var asConfigured: Self {
        var result = self
        result.isDefault = false
        return result
    }

    /// `Default STARTUP TCP probe`, `LIVENESS HTTP probe`.
    var title: String {
        let name =
            switch kind {
            case .tcp: "TCP"
            case .http: "HTTP"
            case .grpc: "GRPC"
            }
        return (isDefault ? "Default " : "") + "\(role.rawValue) \(name) probe"
    }

    /// With no wait longer than `limit`.
    func limited(to limit: Duration?) -> Self {
        guard let limit else { return self }
        var result = self
        result.timeout = min(timeout, limit)
        result.period = min(period, limit)
        return result
    }
}
