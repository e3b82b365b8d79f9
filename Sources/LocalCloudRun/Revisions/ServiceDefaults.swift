import JSON

/// Fills in what Cloud Run fills in and echoes.
enum ServiceDefaults {
    static func apply(to service: JSONValue) -> JSONValue {
        var result = service
        if result["ingress"] == nil { result["ingress"] = "INGRESS_TRAFFIC_ALL" }
        if result["launchStage"] == nil { result["launchStage"] = "GA" }
        if (result["traffic"]?.array ?? []).isEmpty {
            result["traffic"] = [["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100]]
        } else if let targets = result["traffic"]?.array {
            result["traffic"] = .array(targets.map(target))
        }
        if let template = result["template"] { result["template"] = self.template(template) }
        return result
    }

    /// A target that names a revision is of the type REVISION, whether it says so or not; a whole resource name is
    /// shortened to the id.
    private static func target(_ target: JSONValue) -> JSONValue {
        var result = target
        if let revision = result["revision"]?.string, !revision.isEmpty {
            result["revision"] = .string(shortName(revision))
            if result["type"] == nil { result["type"] = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION" }
        } else {
            result["revision"] = nil
            if result["type"] == nil { result["type"] = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST" }
        }
        if result["percent"]?.integer == 0 { result["percent"] = nil }
        if result["tag"]?.string == "" { result["tag"] = nil }
        return result
    }

    static func template(_ template: JSONValue) -> JSONValue {
        var result = template
        if result["timeout"] == nil { result["timeout"] = "300s" }
        if result["revision"]?.string == "" { result["revision"] = nil }
        var containers = result["containers"]?.array ?? []
        let ingress = ingressContainer(containers)
        for index in containers.indices {
            containers[index] = container(containers[index], isIngress: index == ingress)
        }
        if !containers.isEmpty { result["containers"] = .array(containers) }
        var scaling = result["scaling"] ?? [:]
        if scaling["maxInstanceCount"] == nil { scaling["maxInstanceCount"] = 100 }
        result["scaling"] = scaling
        if (result["maxInstanceRequestConcurrency"]?.integer ?? 0) == 0 {
            let cpu = ingress.flatMap { containers[$0]["resources"]?["limits"]?["cpu"]?.string } ?? "1"
            result["maxInstanceRequestConcurrency"] = millicores(cpu).map { $0 < 1000 } == true ? 1 : 80
        }
        return result
    }

    /// The container that takes the requests: the one with a port, else the first.
    static func ingressContainer(_ containers: [JSONValue]) -> Int? {
        containers.firstIndex { !($0["ports"]?.array ?? []).isEmpty } ?? containers.indices.first
    }

    static func millicores(_ text: String) -> Int? {
        if text.hasSuffix("m") { return Int(text.dropLast()) }
        return Double(text).flatMap { $0.isFinite && $0 >= 0 && $0 < 1000 ? Int($0 * 1000) : nil }
    }

    private static func container(_ container: JSONValue, isIngress: Bool) -> JSONValue {
        var result = container
        if let resources = result["resources"] {
            var limits = resources["limits"] ?? [:]
            if limits["cpu"] == nil { limits["cpu"] = "1000m" }
            if limits["memory"] == nil { limits["memory"] = "512Mi" }
            result["resources"]?["limits"] = limits
        } else {
            // cpuIdle keeps its default only where `resources` was not set at all.
            result["resources"] = ["limits": ["cpu": "1000m", "memory": "512Mi"], "cpuIdle": true]
        }
        guard isIngress else { return result }
        var ports = result["ports"]?.array ?? []
        if ports.isEmpty { ports = [["name": "http1", "containerPort": 8080]] }
        if ports[0]["name"] == nil { ports[0]["name"] = "http1" }
        if ports[0]["containerPort"] == nil { ports[0]["containerPort"] = 8080 }
        result["ports"] = .array(ports)
        let port = ports[0]["containerPort"] ?? 8080
        if let probe = result["startupProbe"] {
            result["startupProbe"] = self.probe(probe, port: port)
        } else {
            result["startupProbe"] = [
                "tcpSocket": ["port": port], "timeoutSeconds": 240, "periodSeconds": 240, "failureThreshold": 1,
            ]
        }
        if let probe = result["livenessProbe"] { result["livenessProbe"] = self.probe(probe, port: port) }
        return result
    }

    private static func probe(_ probe: JSONValue, port: JSONValue) -> JSONValue {
        var result = probe
        for (name, value) in [("timeoutSeconds", 1), ("periodSeconds", 10), ("failureThreshold", 3)]
            as [(String, Int64)]
        where (result[name]?.integer ?? 0) == 0 {
            result[name] = .integer(value)
        }
        if result["httpGet"] == nil, result["grpc"] == nil, result["tcpSocket"] == nil { result["tcpSocket"] = [:] }
        for kind in ["httpGet", "tcpSocket", "grpc"] where result[kind] != nil {
            if (result[kind]?["port"]?.integer ?? 0) == 0 { result[kind]?["port"] = port }
        }
        if result["httpGet"] != nil, (result["httpGet"]?["path"]?.string ?? "").isEmpty {
            result["httpGet"]?["path"] = "/"
        }
        return result
    }
}
