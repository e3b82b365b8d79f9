import JSON

/// One container of an instance.
struct ContainerBlueprint: Hashable, Sendable {
    enum Variable: Hashable, Sendable {
        case literal(String)
        /// The state folder holds it; `place` names the variable in the template, for the message.
        case secret(name: String, version: String, place: String)
    }

    struct Mount: Hashable, Sendable {
        var volume: String
        var path: String
        var subPath: String?

        static func all(of container: JSONValue) -> [Self] {
            (container["volumeMounts"]?.array ?? []).compactMap { mount in
                guard let volume = mount["name"]?.string, let path = mount["mountPath"]?.string else { return nil }
                return Self(
                    volume: volume, path: path, subPath: mount["subPath"]?.string.flatMap { $0.isEmpty ? nil : $0 })
            }
        }
    }

    var name: String
    var image: String
    var command: [String]
    var arguments: [String]
    var workingDirectory: String?
    var variables: [String: Variable]
    var cpu: String?
    var memory: String?
    var mounts: [Mount]
    /// Names of containers that must be up before this one starts.
    var dependsOn: [String]
    /// nil for a sidecar without one: it is up as soon as it runs.
    var startup: Probe?
    /// Its liveness and readiness probes.
    var watched: [Probe]

    /// `port` is the one of the container that takes the requests; `index` its position in the template.
    init(_ container: JSONValue, index: Int, isIngress: Bool, port: Int, service: String, revision: String) {
        name = container["name"]?.string ?? "\(service)-\(index + 1)"
        image = container["image"]?.string ?? ""
        command = (container["command"]?.array ?? []).compactMap(\.string)
        arguments = (container["args"]?.array ?? []).compactMap(\.string)
        workingDirectory = container["workingDir"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        cpu = container["resources"]?["limits"]?["cpu"]?.string
        memory = container["resources"]?["limits"]?["memory"]?.string
        mounts = Mount.all(of: container)
        dependsOn = (container["dependsOn"]?.array ?? []).compactMap(\.string)
        startup = Probe(container["startupProbe"], role: .startup, containerPort: port)
        if isIngress, startup == nil { startup = .standard(port: port) }
        watched = [
            Probe(container["livenessProbe"], role: .liveness, containerPort: port),
            Probe(container["readinessProbe"], role: .readiness, containerPort: port),
        ].compactMap(\.self)
        variables = Self.variables(container, index: index)
        if isIngress { variables["PORT"] = .literal(String(port)) }
        variables["K_SERVICE"] = .literal(service)
        variables["K_REVISION"] = .literal(revision)
        variables["K_CONFIGURATION"] = .literal(service)
    }

    private static func variables(_ container: JSONValue, index: Int) -> [String: Variable] {
        var result: [String: Variable] = [:]
        for (position, entry) in (container["env"]?.array ?? []).enumerated() {
            guard let name = entry["name"]?.string else { continue }
            if let reference = entry["valueSource"]?["secretKeyRef"], let secret = reference["secret"]?.string {
                result[name] = .secret(
                    name: secret, version: reference["version"]?.string ?? "latest",
                    place: "spec.template.spec.containers[\(index)].env[\(position)].value_from.secret_key_ref.name")
            } else {
                result[name] = .literal(entry["value"]?.string ?? "")
            }
        }
        return result
    }

    /// Every port that a probe asks.
    var probedPorts: [Int] { ([startup].compactMap(\.self) + watched).map(\.port) }

    /// The variables with their values. Secrets are read at every start, as Cloud Run does with `latest`.
    func environment(
        project: String, secret: (_ name: String, _ version: String) -> [UInt8]?
    ) throws(StartupFailure) -> [String: String] {
        var result: [String: String] = [:]
        for (name, variable) in variables {
            switch variable {
            case .literal(let value): result[name] = value
            case .secret(let secretName, let version, let place):
                guard let value = secret(shortName(secretName), version) else {
                    throw .secretMissing(
                        place: place, secret: SecretStore.fullName(secretName, project: project), version: version)
                }
                result[name] = String(decoding: value, as: UTF8.self)
            }
        }
        return result
    }
}
