import Configuration
package import Releases
import Transport

/// Builds with the command line of a container engine; the engine keeps the images until they are pushed.
package struct ContainerEngineBuilder: LocalBuilder {
    package let engine: ContainerEngine
    let arguments: EngineArguments
    let shell: EngineShell
    let abilities: EngineAbilities
    let registry: RegistryAccess
    let deadline: Duration
    private let preparation: Preparation

    package init(
        engine: ContainerEngine, preparation: Preparation, registry: RegistryAccess = RegistryAccess(),
        deadline: Duration = .seconds(3600)
    ) {
        self.engine = engine
        arguments = EngineArguments(engine)
        shell = EngineShell(engine: engine)
        abilities = EngineAbilities(engine)
        self.registry = registry
        self.deadline = deadline
        self.preparation = preparation
    }

    package var name: String { engine.name }

    /// Whether the engine itself answers, not only its command line.
    package func answers() async -> Bool {
        await shell.ask(arguments.version(), deadline: .seconds(5)) != nil
    }

    package func takesBuildSecrets() async -> Bool { await abilities.secretMeans() != nil }

    package func build(
        _ request: BuildRequest, output: @escaping @Sendable (String) -> Void
    ) async throws -> BuiltImage {
        try await preparation.run(request.source.before, in: request.root, output: output)
        try await execute(request, output: output)
        let tag = EngineArguments.sourceTag(for: request)
        guard let facts = try await facts(of: tag) else {
            try await requireAnswer()
            throw Failure(
                .release, "image `\(tag)` is gone after its build",
                hint: "`\(engine.program) images` shows what is there")
        }
        guard facts.platform == "linux/amd64" else {
            throw Failure(
                .release, "image of `\(request.service)` is for `\(facts.platform)`, Cloud Run needs `linux/amd64`",
                hint: "write `FROM --platform=linux/amd64 …` in `\(request.source.dockerfile)`")
        }
        return BuiltImage(
            reference: ImageReference("\(request.repository)@sha256:\(facts.id)"), bytes: facts.bytes)
    }

    package func resolve(_ reference: String) async throws -> ImageReference {
        if ImageDigest(reference: reference) != nil { return ImageReference(reference) }
        guard let image = ImageName(reference) else {
            throw Failure(
                .usage, "`\(reference)` is not an image's name", hint: "write `repository:tag` or `repository@sha256:…`"
            )
        }
        if let address = RegistryAddress(reference), let found = try await resolveRemotely(address, image, reference) {
            return found
        }
        guard let facts = try await facts(of: reference) else {
            try await requireAnswer()
            throw Failure(
                .release, "image `\(reference)` is not in `\(name)`",
                hint: "`\(engine.program) images` shows what is there")
        }
        let pushed = try await repoDigest(of: "sha256:\(facts.id)", repository: image.repository)
        return ImageReference("\(image.repository)@sha256:\(pushed ?? facts.id)")
    }

    /// What its registry says; a tag that is here may be older. Nil where the registry cannot say and the one here must
    /// do: it is not reachable, or the image was never pushed.
    private func resolveRemotely(
        _ address: RegistryAddress, _ image: ImageName, _ reference: String
    ) async throws -> ImageReference? {
        do {
            let digest = try await registry.client.resolve(address)
            return ImageReference("\(image.repository)@\(digest)")
        } catch let failure as Failure {
            guard try await facts(of: reference) != nil, failure.category != .permission else { throw failure }
            return nil
        }
    }
}
