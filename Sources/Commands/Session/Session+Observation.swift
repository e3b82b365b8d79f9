import Configuration
import Releases

/// Looking at the world before anything is planned.
extension Session {
    /// What the platform and the source say of the services, all at the same time.
    func facts(
        of services: [Service], source: SourceSnapshot?, repository: (any SourceRepository)?, platform: any Platform,
        digests: Bool
    ) async throws -> [String: ServiceFacts] {
        let root = try configuration().root
        var identities: [String: ServiceIdentity] = [:]
        for service in services { identities[service.name] = try identity(of: service) }
        let known = identities
        return try await withThrowingTaskGroup(of: (String, ServiceFacts).self) { group in
            for service in services {
                group.addTask {
                    guard let identity = known[service.name] else {
                        throw Failure(.internalError, "service `\(service.name)` has no identity")
                    }
                    var facts = ServiceFacts(observation: try await platform.observe(identity))
                    if let observation = facts.observation {
                        facts.revisions = try await platform.revisions(of: identity)
                        let serving = facts.revisions.first { $0.name == observation.servingRevision }
                        if let commit = serving?.labels[ReleaseLabel.commit], let head = source?.commit, let repository
                        {
                            facts.relation = try await repository.relation(of: head, to: commit)
                        }
                    }
                    if digests, let settings = service.source {
                        facts.sourceDigest = try await SourceMaterial.digest(
                            of: settings, root: root, repository: repository)
                    }
                    return (service.name, facts)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
