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
        if result["type"]?.string == "TRAFFIC_TARGET_ALLOCATION_TYPE_UNSPECIFIED" { result["type"] = nil }
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
        // Which of several containers takes the requests has to be said.
        let ingress = containers.count > 1 ? withPort(containers) : ingressContainer(containers)
        for index in containers.indices {
            containers[index] = container(containers[index], isIngress: index == ingress)
        }
        if !containers.isEmpty { result["containers"] = .array(containers) }
        var scaling = result["scaling"] ?? [:]
        // 0 is proto3's way of not saying.
        if (scaling["maxInstanceCount"]?.integer ?? 0) == 0 { scaling["maxInstanceCount"] = 100 }
        result["scaling"] = scaling
        if (result["maxInstanceRequestConcurrency"]?.integer ?? 0) == 0 {
            let cpu = ingress.flatMap { containers[$0]["resources"]?["limits"]?["cpu"]?.string } ?? "1"
            result["maxInstanceRequestConcurrency"] = millicores(cpu).map { $0 < 1000 } == true ? 1 : 80
        }
        return result
    }

    /// The container that takes the requests: the one with a port, else the first.
    static func ingressContainer(_ containers: [JSONValue]) -> Int? {
        withPort(containers) ?? containers.indices.first
    }

    private static func withPort(_ containers: [JSONValue]) -> Int? {
        containers.firstIndex { !($0["ports"]?.array ?? []).isEmpty }
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
        guard isIngress else { return withProbes(result, port: nil) }
        var ports = result["ports"]?.array ?? []
        if ports.isEmpty { ports = [["name": "http1", "containerPort": 8080]] }
        if ports[0]["name"] == nil { ports[0]["name"] = "http1" }
        if ports[0]["containerPort"] == nil { ports[0]["containerPort"] = 8080 }
        result["ports"] = .array(ports)
        let port = ports[0]["containerPort"] ?? 8080
        if result["startupProbe"] == nil {
            result["startupProbe"] = [
                "tcpSocket": ["port": port], "timeoutSeconds": 240, "periodSeconds": 240, "failureThreshold": 1,
            ]
        }
        return withProbes(result, port: port)
    }

    /// `port` is the container's own; a sidecar has none, and says in each probe which one is meant.
    static func withProbes(_ container: JSONValue, port: JSONValue?) -> JSONValue {
        var result = container
        for field in ["startupProbe", "livenessProbe", "readinessProbe"] {
            guard var probe = result[field] else { continue }
            let hasKind = ["httpGet", "tcpSocket", "grpc"].contains { probe[$0] != nil }
            // Only a startup probe may be a mere connection.
            if !hasKind, field == "startupProbe" { probe["tcpSocket"] = [:] }
            result[field] = self.probe(probe, port: port)
        }
        return result
    }

    private static func probe(_ probe: JSONValue, port: JSONValue?) -> JSONValue {
        var result = probe
        for (name, value) in [("timeoutSeconds", 1), ("periodSeconds", 10), ("failureThreshold", 3)]
            as [(String, Int64)]
        where (result[name]?.integer ?? 0) == 0 {
            result[name] = .integer(value)
        }
        for kind in ["httpGet", "tcpSocket", "grpc"] where result[kind] != nil {
            if let port, (result[kind]?["port"]?.integer ?? 0) == 0 { result[kind]?["port"] = port }
        }
        if result["httpGet"] != nil, (result["httpGet"]?["path"]?.string ?? "").isEmpty {
            result["httpGet"]?["path"] = "/"
        }
        return result
    }
}
