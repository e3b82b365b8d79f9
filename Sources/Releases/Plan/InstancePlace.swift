import Configuration

/// Names that mean something by the project and region of the service.
extension ContainerSettings {
    /// As Cloud Run is told: a connector has its whole name (v2 `VpcAccess.connector`), and sidecars have their
    /// variables from `fill`.
    func placed(
        at service: ServiceIdentity, filling fill: (String) async throws -> String
    ) async rethrows -> ContainerSettings {
        var result = self
        result.vpc = vpc.map { $0.withWholeName(at: service) }
        var sidecars = self.sidecars
        for index in (sidecars ?? []).indices {
            for position in (sidecars?[index].environment ?? []).indices {
                guard case .literal(let text)? = sidecars?[index].environment[position].value else { continue }
                sidecars?[index].environment[position].value = .literal(try await fill(text))
            }
        }
        result.sidecars = sidecars
        return result
    }
}

extension VPCAccess {
    /// The connector by its whole name.
    func withWholeName(at service: ServiceIdentity) -> VPCAccess {
        guard case .connector(let name) = way else { return self }
        let parts = NetworkResourceName(name)
        let project = parts.project ?? service.project
        let region = parts.region ?? service.region
        return VPCAccess(
            way: .connector("projects/\(project)/locations/\(region)/connectors/\(parts.name)"), egress: egress)
    }

    /// With what goes without saying in place: short names of the service's own project and region, private ranges.
    func meaning(at service: ServiceIdentity) -> VPCAccess {
        var result = withWholeName(at: service)
        result.egress = egress ?? .privateRangesOnly
        guard case .direct(let direct) = way else { return result }
        func short(_ text: String) -> String {
            let name = NetworkResourceName(text)
            let isOwn = name.project == service.project && (name.region ?? service.region) == service.region
            return isOwn ? name.name : text
        }
        result.way = .direct(
            DirectEgress(
                network: direct.network.map(short), subnetwork: direct.subnetwork.map(short), tags: direct.tags.sorted()
            ))
        return result
    }
}
