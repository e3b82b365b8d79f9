import JSON

/// All that is needed to start instances of one revision.
struct InstanceBlueprint: Hashable, Sendable {
    var service: ServiceName
    /// The revision's id.
    var revision: String
    /// In the order in which they start.
    var containers: [ContainerBlueprint]
    /// Name of the container that takes the requests.
    var ingress: String
    var volumes: [VolumeBlueprint]
    var port: Int
    /// The port is named `h2c`.
    var usesHTTP2: Bool
    /// Requests at a time in one instance.
    var concurrency: Int
    var bounds: ScalingBounds

    /// From a revision's document.
    init(revision document: JSONValue, service: ServiceName) {
        let id = shortName(document["name"]?.string ?? "")
        let containers = document["containers"]?.array ?? []
        let ingressIndex = ServiceDefaults.ingressContainer(containers) ?? 0
        let ingress = containers.isEmpty ? [:] : containers[ingressIndex]
        let port = Int(ingress["ports"]?[0]?["containerPort"]?.integer ?? 8080)
        let order = StartOrder.of(containers) ?? Array(containers.indices)
        let blueprints = order.map { index in
            ContainerBlueprint(
                containers[index], index: index, isIngress: index == ingressIndex, port: port, service: service.id,
                revision: id)
        }
        self.service = service
        revision = id
        self.port = port
        self.containers = blueprints
        self.ingress = order.firstIndex(of: ingressIndex).map { blueprints[$0].name } ?? ""
        volumes = (document["volumes"]?.array ?? []).enumerated().map { VolumeBlueprint($1, index: $0) }
        usesHTTP2 = ingress["ports"]?[0]?["name"]?.string == "h2c"
        concurrency = max(1, Int(document["maxInstanceRequestConcurrency"]?.integer ?? 80))
        let maximum = max(1, Int(document["scaling"]?["maxInstanceCount"]?.integer ?? 100))
        bounds = ScalingBounds(
            minimum: min(max(0, Int(document["scaling"]?["minInstanceCount"]?.integer ?? 0)), maximum),
            maximum: maximum)
    }
    func volumes(of instance: String, pool: InstancePool) -> InstanceVolumes {
        InstanceVolumes(
            volumes: volumes, mounts: containers.flatMap(\.mounts), instance: instance,
            project: service.parent.project, pool: pool)
    }
}
