import Configuration
import Releases

/// What this source was built into before.
extension Session {
    /// The facts with the images that each service's source is known as: by this environment's records and, where what
    /// serves was promoted, by those of the environments that it came from. A record that cannot be read costs a build.
    func withBuiltImages(
        _ facts: [ServiceKey: ServiceFacts], of placements: [Placement], builder: String
    ) async -> [ServiceKey: ServiceFacts] {
        await withTaskGroup(of: (ServiceKey, [ImageReference]).self) { group in
            for placement in placements {
                guard let known = facts[placement.key], let digest = known.sourceDigest,
                    let serving = known.revisions.first(where: { $0.name == known.observation?.servingRevision })
                else { continue }
                group.addTask {
                    let run = serving.labels[ReleaseLabel.run]
                    let built = try? await self.builtImages(
                        of: placement.service, digest, builder: known.builder ?? builder, servingSince: run)
                    return (placement.key, built ?? [])
                }
            }
            return await group.reduce(into: facts) { $0[$1.0]?.built = $1.1 }
        }
    }

    private func builtImages(
        of service: Service, _ digest: String, builder: String, servingSince run: String?
    ) async throws -> [ImageReference] {
        var found: [ImageReference] = []
        var session = self
        var run = run
        var seen: Set<String> = []
        while seen.insert(session.environmentName).inserted {
            let environment = try session.environment()
            guard let own = environment.service(service.name) else { break }
            // One folder is opened once.
            let records = try session.statePlace() == statePlace() ? state() : session.state()
            let repository = [environment.registry, own.image].compactMap(\.self).joined(separator: "/")
            // What is kept on this machine is where its builder left it; a registry has it whoever built it.
            let isOwn = seen.count == 1 || environment.registry == nil
            for name in isOwn ? [builder] : try builders().keys.sorted() {
                let image = try await records.image(builder: name, repository: repository, sourceDigest: digest)
                found += image?.references ?? []
            }
            guard let made = run, let release = try await records.release(run: made),
                let origin = release.services.first(where: { $0.service == service.name })?.promotedFrom
            else { break }
            session = session.beside(origin.environment)
            run = origin.run
        }
        return found
    }
}
