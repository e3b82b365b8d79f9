import JSON

/// All that is needed to start instances of one revision.
struct InstanceBlueprint: Hashable, Sendable {
    enum Variable: Hashable, Sendable {
        case literal(String)
        /// A file of the state folder holds it; `place` names the variable in the template, for the message.
        case secret(name: String, version: String, place: String)
    }

    var service: ServiceName
    /// The revision's id.
    var revision: String
    var container: String
    var image: String
    var command: [String]
    var arguments: [String]
    var variables: [String: Variable]
    var port: Int
    var cpu: String?
    var memory: String?
    var probe: StartupProbe
    var concurrency: Int
    var minimum: Int
    var maximum: Int

    /// From a revision's document.
    init(revision document: JSONValue, service: ServiceName) {
        let containers = document["containers"]?.array ?? []
        let container = ServiceDefaults.ingressContainer(containers).map { containers[$0] } ?? [:]
        self.service = service
        revision = shortName(document["name"]?.string ?? "")
        image = container["image"]?.string ?? ""
        self.container = container["name"]?.string ?? "\(service.id)-1"
        command = (container["command"]?.array ?? []).compactMap(\.string)
        arguments = (container["args"]?.array ?? []).compactMap(\.string)
        port = Int(container["ports"]?[0]?["containerPort"]?.integer ?? 8080)
        cpu = container["resources"]?["limits"]?["cpu"]?.string
        memory = container["resources"]?["limits"]?["memory"]?.string
        probe = StartupProbe(container: container)
        concurrency = max(1, Int(document["maxInstanceRequestConcurrency"]?.integer ?? 80))
        minimum = max(0, Int(document["scaling"]?["minInstanceCount"]?.integer ?? 0))
        maximum = max(1, Int(document["scaling"]?["maxInstanceCount"]?.integer ?? 100))
        variables = [:]
        for (index, entry) in (container["env"]?.array ?? []).enumerated() {
            guard let name = entry["name"]?.string else { continue }
            if let reference = entry["valueSource"]?["secretKeyRef"], let secret = reference["secret"]?.string {
                variables[name] = .secret(
                    name: secret, version: reference["version"]?.string ?? "latest",
                    place: "spec.template.spec.containers[0].env[\(index)].value_from.secret_key_ref.name")
            } else {
                variables[name] = .literal(entry["value"]?.string ?? "")
            }
        }
        variables["PORT"] = .literal(String(port))
        variables["K_SERVICE"] = .literal(service.id)
        variables["K_REVISION"] = .literal(revision)
        variables["K_CONFIGURATION"] = .literal(service.id)
    }

    /// The variables with their values. Secrets are read at every start, as Cloud Run does with `latest`.
    func environment(secret: (_ name: String, _ version: String) -> String?) throws(StartupFailure) -> [String: String]
    {
        var result: [String: String] = [:]
        for (name, variable) in variables {
            switch variable {
            case .literal(let value): result[name] = value
            case .secret(let secretName, let version, let place):
                guard let value = secret(shortName(secretName), version) else {
                    let full =
                        secretName.contains("/")
                        ? secretName : "projects/\(service.parent.project)/secrets/\(secretName)"
                    throw .secretMissing(place: place, secret: full, version: version)
                }
                result[name] = value
            }
        }
        return result
    }
}
