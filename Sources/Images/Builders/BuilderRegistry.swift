package import Releases

/// The builders by name. A new one is a line in `init` and a file beside this one.
package struct BuilderRegistry: Sendable {
    /// In the order in which `auto` asks them.
    package let builders: [any LocalBuilder]

    /// `processStore` is the folder in which the process runtime looks for executables, as an absolute path. The
    /// preparation decides how often `source.before` runs: one for each release.
    package init(
        processStore: String, preparation: Preparation = Preparation(), docker: ContainerEngine = .docker,
        podman: ContainerEngine = .podman, buildah: ContainerEngine = .buildah,
        registry: RegistryAccess = RegistryAccess(), cloudBuild: CloudBuildBuilder.Settings? = nil
    ) {
        builders = [
            ContainerEngineBuilder(engine: docker, preparation: preparation, registry: registry),
            ContainerEngineBuilder(engine: podman, preparation: preparation, registry: registry),
            ContainerEngineBuilder(engine: buildah, preparation: preparation, registry: registry),
            // Before plain processes, which nobody can push: it answers in Google Cloud alone.
            CloudBuildBuilder(settings: cloudBuild, preparation: preparation, registry: registry),
            ProcessBuilder(store: processStore, preparation: preparation),
        ]
    }

    package var names: [String] { builders.map(\.name) }

    /// The builder of that name; `auto` is the first one that answers.
    ///
    /// - Parameter takingSecrets: the build has secrets. A builder that cannot be given any is passed over by `auto`,
    ///   and refused when it was named.
    package func builder(named name: String, takingSecrets: Bool = false) async throws(Failure) -> any ImageBuilder {
        if name == "auto" { return try await first(takingSecrets: takingSecrets) }
        guard let builder = builders.first(where: { $0.name == name }) else {
            let known = (["auto"] + names).map { "`\($0)`" }.joined(separator: ", ")
            throw Failure(.usage, "unknown builder `\(name)`", hint: "choose one of \(known)")
        }
        // One that does not answer says so itself, and better.
        guard takingSecrets, await !builder.takesBuildSecrets(), await builder.answers() else { return builder }
        var others: [String] = []
        for other in builders where await other.takesBuildSecrets() {
            if await other.answers() { others.append(other.name) }
        }
        throw noSecrets("builder `\(name)` cannot give a build secrets on this machine", others: others)
    }

    private func first(takingSecrets: Bool) async throws(Failure) -> any ImageBuilder {
        for builder in builders where await builder.answers() {
            if !takingSecrets { return builder }
            if await builder.takesBuildSecrets() { return builder }
        }
        if takingSecrets { throw noSecrets("no builder here can give a build secrets", others: []) }
        throw Failure(
            .unavailable, "no builder answers",
            hint: "start docker or podman, or build plain processes: --builder process")
    }

    private func noSecrets(_ summary: String, others: [String]) -> Failure {
        Failure(
            .unavailable, summary, details: others.isEmpty ? [] : [.init("can", others.joined(separator: ", "))],
            hint: others.first.map { "--builder \($0)" } ?? "install buildah, or docker's buildx plugin")
    }
}
