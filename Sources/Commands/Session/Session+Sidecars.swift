import Configuration
import Releases

/// Images of sidecars, which are deployed by digest like the service's own.
extension Session {
    /// The environment with every tag of the selected services' sidecars resolved; each once.
    func pinningSidecars(
        of selected: [Placement], in environment: Environment, builder: String
    ) async throws -> Environment {
        let names = Set(selected.map(\.service.name))
        let deployed = environment.services.filter { names.contains($0.name) }
        let tags = Set(
            deployed.flatMap { $0.container.sidecars ?? [] }.filter { $0.digest == nil }.map(\.image))
        guard !tags.isEmpty else { return environment }
        var pinned: [String: String] = [:]
        for tag in tags.sorted() { pinned[tag] = try await resolve(image: tag, builder: builder).value }
        var environment = environment
        for index in environment.services.indices where names.contains(environment.services[index].name) {
            environment.services[index].container.sidecars =
                environment.services[index].container.sidecars?.map { sidecar in
                    var sidecar = sidecar
                    sidecar.image = pinned[sidecar.image] ?? sidecar.image
                    return sidecar
                }
        }
        return environment
    }
}
