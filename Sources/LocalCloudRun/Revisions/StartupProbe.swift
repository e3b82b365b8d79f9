import JSON

/// How an instance shows that it is up. The numbers are Cloud Run's; grpc is checked as TCP.
struct StartupProbe: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case tcp
        case http(path: String, headers: [String: String])
    }

    var kind: Kind
    /// Inside the container; not always the one that takes the requests.
    var port: Int
    var initialDelay: Duration
    var timeout: Duration
    var period: Duration
    var failureThreshold: Int
    /// Cloud Run's own, which the user did not configure: its log lines and messages differ.
    var isDefault: Bool

    /// From a container with its defaults filled in.
    init(container: JSONValue) {
        let probe = container["startupProbe"]
        let containerPort = Int(container["ports"]?[0]?["containerPort"]?.integer ?? 8080)
        if let get = probe?["httpGet"] {
            let headers = (get["httpHeaders"]?.array ?? []).map {
                ($0["name"]?.string ?? "", $0["value"]?.string ?? "")
            }
            kind = .http(
                path: get["path"]?.string ?? "/",
                headers: Dictionary(headers.filter { !$0.0.isEmpty }, uniquingKeysWith: { _, last in last }))
        } else {
            kind = .tcp
        }
        let action = probe?["httpGet"] ?? probe?["tcpSocket"] ?? probe?["grpc"]
        port = Int(action?["port"]?.integer ?? Int64(containerPort))
        initialDelay = .seconds(probe?["initialDelaySeconds"]?.integer ?? 0)
        timeout = .seconds(probe?["timeoutSeconds"]?.integer ?? 240)
        period = .seconds(probe?["periodSeconds"]?.integer ?? 240)
        failureThreshold = Int(probe?["failureThreshold"]?.integer ?? 1)
        isDefault = kind == .tcp && timeout == .seconds(240) && period == .seconds(240) && failureThreshold == 1
    }

    /// `Default STARTUP TCP probe`, `STARTUP HTTP probe`.
    var title: String {
        let name = if case .http = kind { "HTTP" } else { "TCP" }
        return (isDefault ? "Default " : "") + "STARTUP \(name) probe"
    }
}
