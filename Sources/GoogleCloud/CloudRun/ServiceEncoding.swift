import Configuration
import JSON
import Releases

/// Domain values in the words of the v2 API. Nil leaves a field out, so that Cloud Run's default holds.
enum ServiceEncoding {
    static func template(_ template: RevisionTemplate) -> JSONValue {
        let settings = template.container
        var scaling: [String: JSONValue] = [:]
        scaling["minInstanceCount"] = settings.minInstances.map(integer)
        scaling["maxInstanceCount"] = settings.maxInstances.map(integer)
        var fields: [String: JSONValue] = [
            "containers": [container(template)],
            "labels": strings(template.labels),
        ]
        if !template.annotations.isEmpty { fields["annotations"] = strings(template.annotations) }
        if !scaling.isEmpty { fields["scaling"] = .object(scaling) }
        fields["maxInstanceRequestConcurrency"] = settings.concurrency.map(integer)
        fields["timeout"] = settings.timeoutSeconds.map { .string("\($0)s") }
        fields["serviceAccount"] = settings.serviceAccount.map(JSONValue.string)
        return .object(fields)
    }

    private static func container(_ template: RevisionTemplate) -> JSONValue {
        let settings = template.container
        var fields: [String: JSONValue] = [
            "image": .string(template.image),
            "ports": [["name": "http1", "containerPort": integer(settings.port)]],
        ]
        if !settings.command.isEmpty { fields["command"] = .array(settings.command.map(JSONValue.string)) }
        if !settings.arguments.isEmpty { fields["args"] = .array(settings.arguments.map(JSONValue.string)) }
        if !template.environment.isEmpty { fields["env"] = .array(template.environment.map(variable)) }
        var limits: [String: JSONValue] = [:]
        limits["cpu"] = settings.cpu.map(JSONValue.string)
        limits["memory"] = settings.memory.map(JSONValue.string)
        if !limits.isEmpty {
            // Naming any resource drops the default of `cpuIdle`, which is true (request-based billing).
            fields["resources"] = ["limits": .object(limits), "cpuIdle": true]
        }
        fields["startupProbe"] = settings.startupProbe.map(probe)
        fields["livenessProbe"] = settings.livenessProbe.map(probe)
        return .object(fields)
    }

    private static func variable(_ variable: EnvironmentVariable) -> JSONValue {
        switch variable.value {
        case .literal(let value): ["name": .string(variable.name), "value": .string(value)]
        case .secret(let name, let version):
            [
                "name": .string(variable.name),
                "valueSource": ["secretKeyRef": ["secret": .string(name), "version": .string(version)]],
            ]
        }
    }

    private static func probe(_ probe: Probe) -> JSONValue {
        var target: [String: JSONValue] = [:]
        target["port"] = probe.port.map(integer)
        var fields: [String: JSONValue] = [:]
        switch probe.kind {
        case .http(let path):
            target["path"] = .string(path)
            fields["httpGet"] = .object(target)
        case .tcp:
            fields["tcpSocket"] = .object(target)
        }
        fields["initialDelaySeconds"] = probe.initialDelaySeconds.map(integer)
        fields["timeoutSeconds"] = probe.timeoutSeconds.map(integer)
        fields["periodSeconds"] = probe.periodSeconds.map(integer)
        fields["failureThreshold"] = probe.failureThreshold.map(integer)
        return .object(fields)
    }

    static func traffic(_ targets: [TrafficTarget]) -> JSONValue {
        .array(
            targets.map { target in
                var fields: [String: JSONValue] = ["percent": integer(target.percent)]
                if let revision = target.revision {
                    fields["type"] = .string(TrafficTargetType.revision.rawValue)
                    fields["revision"] = .string(revision)
                } else {
                    fields["type"] = .string(TrafficTargetType.latest.rawValue)
                }
                fields["tag"] = target.tag.map(JSONValue.string)
                return .object(fields)
            })
    }

    /// The body of a create. Who may call it is left at "nobody without permission".
    static func creation(_ change: ServiceChange) -> JSONValue {
        var fields = parts(of: change)
        fields["ingress"] = change.template?.container.ingress.map { .string(ingress($0)) }
        return .object(fields)
    }

    /// The body of a change and the mask that names exactly what is in it.
    static func update(_ change: ServiceChange, of service: ServiceIdentity) -> (body: JSONValue, mask: [String]) {
        var fields = parts(of: change)
        let mask = ["template", "traffic", "annotations"].filter { fields[$0] != nil }
        fields["name"] = .string(service.description)
        fields["etag"] = change.etag.map(JSONValue.string)
        return (.object(fields), mask)
    }

    private static func parts(of change: ServiceChange) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [:]
        fields["template"] = change.template.map(template)
        fields["traffic"] = change.traffic.map(traffic)
        fields["annotations"] = change.annotations.map(strings)
        return fields
    }

    /// The API's word for what the configuration calls `all`, `internal`, `internal-and-cloud-load-balancing`
    /// (gcloud's words); the API's own words pass.
    private static func ingress(_ word: String) -> String {
        switch word {
        case "all": "INGRESS_TRAFFIC_ALL"
        case "internal": "INGRESS_TRAFFIC_INTERNAL_ONLY"
        case "internal-and-cloud-load-balancing": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
        default: word
        }
    }

    /// The way back; a word that the configuration has none for stays the API's.
    static func configuredIngress(_ word: String) -> String {
        ["all", "internal", "internal-and-cloud-load-balancing"].first { ingress($0) == word } ?? word
    }

    private static func integer(_ value: Int) -> JSONValue { .integer(Int64(value)) }

    private static func strings(_ values: [String: String]) -> JSONValue { .object(values.mapValues(JSONValue.string)) }
}
