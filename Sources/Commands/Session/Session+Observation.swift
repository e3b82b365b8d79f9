import Configuration
import Releases

/// Looking at the world before anything is planned.
extension Session {
    /// What the platform and the source say of the services, all at the same time.
    func facts(
        of placements: [Placement], source: SourceSnapshot?, repository: (any SourceRepository)?,
        platform: any Platform,
        digests: Bool
    ) async throws -> [ServiceKey: ServiceFacts] {
        let root = try configuration().root
        let sources = digests ? try await sourceDigests(of: placements.services, root, repository) : [:]
        return try await withThrowingTaskGroup(of: (ServiceKey, ServiceFacts).self) { group in
            for placement in placements {
                group.addTask {
                    let identity = placement.identity
                    var facts = ServiceFacts(observation: try await platform.observe(identity))
                    if let observation = facts.observation {
                        facts.revisions = try await platform.revisions(of: identity)
                        let serving = facts.revisions.first { $0.name == observation.servingRevision }
                        if let commit = serving?.labels[ReleaseLabel.commit], let head = source?.commit, let repository
                        {
                            facts.relation = try await repository.relation(of: head, to: commit)
                        }
                    }
                    facts.sourceDigest = sources[placement.service.name]
                    return (placement.key, facts)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// By name: the source is the same in all regions.
    private func sourceDigests(
        of services: [Service], _ root: String, _ repository: (any SourceRepository)?
    ) async throws -> [String: String] {
        try await withThrowingTaskGroup(of: (String, String).self) { group in
            for service in services {
                guard let settings = service.source else { continue }
                group.addTask {
                    let digest = try await SourceMaterial.digest(of: settings, root: root, repository: repository)
                    return (service.name, digest)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
