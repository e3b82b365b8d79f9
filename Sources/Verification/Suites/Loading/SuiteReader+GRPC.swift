import Configuration

extension SuiteReader {
    mutating func grpc(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> GRPCCheck? {
        guard let settings = node["grpc"] else { return nil }
        let place = join(path, "grpc")
        guard mapping(settings, place, keys: ["service", "watch"]) else { return nil }
        var check = GRPCCheck(service: template(settings["service"], join(place, "service")))
        check.headers = defaults.headers + headers(node["headers"], join(path, "headers"))
        for entry in node["headers"]?.entries ?? [] where Self.isReserved(entry.key) {
            report(key: entry, join(path, "headers.\(entry.key)"), "`\(entry.key)` is set by gRPC itself")
        }
        check.watchMilliseconds = duration(settings["watch"], join(place, "watch"))
        if let timeout = node["timeout"], check.watchMilliseconds != nil {
            report(timeout, join(path, "timeout"), "`watch` says for how long, so `timeout` has nothing to add")
        }
        check.timeoutMilliseconds = duration(node["timeout"], join(path, "timeout")) ?? defaults.timeoutMilliseconds
        check.connectTimeoutMilliseconds = defaults.connectTimeoutMilliseconds
        guard let expect = node["expect"] else { return check }
        let expectPath = join(path, "expect")
        guard mapping(expect, expectPath, keys: ["status", "code", "message", "metadata", "time"]) else {
            return check
        }
        let statuses = list(expect["status"]).compactMap { element in
            choice(element, join(expectPath, "status"), of: ServingStatus.allCases.map(\.name))
                .flatMap(ServingStatus.init(name:))
        }
        if !statuses.isEmpty { check.statuses = statuses }
        let codes = list(expect["code"]).compactMap { element in
            choice(element, join(expectPath, "code"), of: GRPCStatusCode.allCases.map(\.name))
                .flatMap(GRPCStatusCode.init(name:))
        }
        if !codes.isEmpty { check.codes = codes }
        if let status = expect["status"], !check.codes.contains(.ok) {
            report(status, join(expectPath, "status"), "a call that does not end with OK tells no health")
        }
        if let message = expect["message"] { check.message = textConditions(message, join(expectPath, "message")) }
        check.metadata = headerExpectations(expect["metadata"], join(expectPath, "metadata"))
        check.belowMilliseconds = below(expect["time"], join(expectPath, "time"))
        return check
    }

    /// grpc/grpc `doc/PROTOCOL-HTTP2.md`: applications do not use names that begin with `grpc-`.
    private static func isReserved(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasPrefix("grpc-") || name == "te" || name == "content-type"
    }
}
