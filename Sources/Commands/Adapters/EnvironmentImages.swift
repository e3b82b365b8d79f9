import Configuration
import Images
import Releases
import Synchronization

/// Images of the environment's registry, or of the local Cloud Run's own engine where there is none, and who runs them:
/// every environment of the files is asked, since an image that was promoted runs in several.
final class EnvironmentImages: ImageRemoval {
    private let session: Session
    private let known = Mutex<(uses: [ImageUse], until: ContinuousClock.Instant)?>(nil)
    /// A look of a moment ago will do for the next image of one prune.
    private static let freshness = Duration.seconds(5)

    /// The local Cloud Run's; nil where images are in a registry.
    private let runtime: String?

    /// - Parameter runtime: of the local Cloud Run; nil for Google.
    init(session: Session, runtime: String?) throws {
        self.session = session
        self.runtime = try session.environment().registry == nil ? runtime : nil
    }

    func uses() async throws -> [ImageUse] {
        if let known = known.withLock({ $0 }), ContinuousClock.now < known.until { return known.uses }
        let configuration = try session.configuration()
        var uses: [ImageUse] = []
        for name in configuration.environments {
            let other = name == session.environmentName ? session : session.beside(name)
            let environment = try other.environment()
            guard Self.canRun(imagesOf: configuration.environment, in: environment) else { continue }
            let platform = try await other.platformAccess().platform
            for region in environment.regions {
                uses += try await platform.imageUses(project: environment.project, region: region)
            }
        }
        known.withLock { [uses] in $0 = (uses, .now + Self.freshness) }
        return uses
    }

    func holds(_ image: ImageReference) async throws -> Bool {
        if let builder = try builder() { return try await builder.holds(image) }
        return try await session.registryAccess.client.holds(address(of: image))
    }

    func delete(_ image: ImageReference) async throws -> Bool {
        if let builder = try builder() { return try await builder.remove(image) }
        return try await session.registryAccess.client.delete(address(of: image))
    }

    private func builder() throws -> (any LocalBuilder)? {
        guard let runtime else { return nil }
        guard let builder = try session.builders()[runtime] as? any LocalBuilder else {
            throw Failure(.internalError, "runtime `\(runtime)` has no builder")
        }
        return builder
    }

    private func address(of image: ImageReference) throws -> RegistryAddress {
        guard let address = RegistryAddress(image.value) else {
            throw Failure(.release, "`\(image.value)` names no registry", hint: "set prune.images to keep")
        }
        return address
    }

    /// Google reaches no registry of this machine, and nobody but this machine its local Cloud Run.
    static func canRun(imagesOf owner: Environment, in other: Environment) -> Bool {
        switch other.platform.kind {
        case .local: owner.platform.kind == .local
        case .google: owner.registry.flatMap { RegistryAddress($0 + "/x") }.map { !$0.isLoopback } ?? false
        }
    }
}
