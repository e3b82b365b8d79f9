package import Configuration

/// A service in one of its regions: what is looked at, locked, released and put back as one.
package struct Placement: Hashable, Sendable {
    package var service: Service
    package var identity: ServiceIdentity
    package var key: ServiceKey

    package init(service: Service, identity: ServiceIdentity, key: ServiceKey) {
        self.service = service
        self.identity = identity
        self.key = key
    }

    package var name: String { identity.name }
    package var region: String { identity.region }

    /// Where callers find it when it is not Cloud Run's own URL. A load balancer before several regions answers from any
    /// of them, so there each region is asked at its own URL.
    package var publicURL: String? { key.region == nil ? service.publicURL : nil }
}

extension Environment {
    /// Where the service is, in the order of the environment's regions.
    package func placements(of service: Service) -> [Placement] {
        regions(of: service).map { region in
            Placement(
                service: service, identity: ServiceIdentity(project: project, region: region, name: service.name),
                key: key(of: service.name, in: region))
        }
    }

    /// Whether a region that fails leaves those alone that were finished before it.
    var keepsFinishedRegions: Bool { regionRollout?.rollback == .unfinished }

    package func key(of service: String, in region: String) -> ServiceKey {
        ServiceKey(service, region: hasSeveralRegions ? region : nil)
    }
}
