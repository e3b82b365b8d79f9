import Configuration
import Images
import Releases
import Transport

/// Who builds.
extension Session {
    private func registry() throws -> BuilderRegistry {
        let local = try LocalLauncher(session: self).settings()
        return BuilderRegistry(
            processStore: local.stateFolder + "/images", registry: registryAccess,
            cloudBuild: try cloudBuild())
    }

    /// Image registries, with Google's access tokens where they are Google's.
    var registryAccess: RegistryAccess {
        let credentials = GoogleRegistryCredentials { self.googleCredentials }
        return RegistryAccess(logins: RegistryLogins(shortLived: credentials), http: http)
    }

    func builders() throws -> [String: any ImageBuilder] {
        Dictionary(uniqueKeysWithValues: try registry().builders.map { ($0.name, $0 as any ImageBuilder) })
    }

    /// `auto` follows the local Cloud Run's runtime, since the image must be where that one looks.
    func builder(named name: String, runtime: String?) async throws -> String {
        if name == "auto", let runtime, runtime != "auto" { return runtime }
        return try await registry().builder(named: name).name
    }

    /// What builds one service: what was asked for; else where the image must be; else what the service says.
    func builder(for service: Service, asked name: String, runtime: String?) async throws -> String {
        var wanted = name
        let isKeptHere = try runtime != nil && runtime != "auto" && environment().registry == nil
        if name == "auto", let runtime, isKeptHere {
            wanted = runtime
        } else if name == "auto" {
            wanted = service.source?.builder ?? name
        }
        let hasSecrets = service.source?.secrets?.isEmpty == false
        do {
            return try await registry().builder(named: wanted, takingSecrets: hasSecrets).name
        } catch let failure as Failure where isKeptHere {
            throw LocalImageStore.withRegistry(failure)
        }
    }

    /// Throws `usage` for a builder whose images the local Cloud Run would not find.
    func demandImagesAreFound(of builder: String, runtime: String?) throws {
        guard let runtime, try environment().registry == nil else { return }
        if let refusal = LocalImageStore.refusal(builder: builder, runtime: runtime) { throw refusal }
    }

    /// The facts with what builds those services that have a wish of their own; the others share one answer.
    func withBuilders(
        _ facts: [ServiceKey: ServiceFacts], of placements: [Placement], asked name: String, runtime: String?
    ) async throws -> [ServiceKey: ServiceFacts] {
        var facts = facts
        for placement in placements {
            let service = placement.service
            guard let source = service.source, source.builder != nil || source.secrets?.isEmpty == false else {
                continue
            }
            facts[placement.key]?.builder = try await builder(for: service, asked: name, runtime: runtime)
        }
        return facts
    }

    /// A given image, pinned by digest.
    func resolve(image: String, builder name: String) async throws -> ImageReference {
        if ImageDigest(reference: image) != nil { return ImageReference(image) }
        guard ImageName(image) != nil else {
            throw Failure(
                .usage, "`\(image)` is not an image's name", hint: "write repository:tag or repository@sha256:DIGEST")
        }
        guard let builder = try builders()[name] else {
            throw Failure(.internalError, "builder `\(name)` is not registered")
        }
        return try await builder.resolve(image)
    }
}
