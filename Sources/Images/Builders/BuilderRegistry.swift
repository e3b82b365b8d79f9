package import Releases

/// The builders by name. A new one is a line in `init` and a file beside this one.
package struct BuilderRegistry: Sendable {
    /// In the order in which `auto` asks them.
    package let builders: [any LocalBuilder]

    /// `processStore` is the folder in which the process runtime looks for executables, as an absolute path. The
    /// preparation decides how often `source.before` runs: one for each release.
    package init(
        processStore: String, preparation: Preparation = Preparation(), docker: ContainerEngine = .docker,
        podman: ContainerEngine = .podman
    ) {
        builders = [
            ContainerEngineBuilder(engine: docker, preparation: preparation),
            ContainerEngineBuilder(engine: podman, preparation: preparation),
            ProcessBuilder(store: processStore, preparation: preparation),
        ]
    }

    package var names: [String] { builders.map(\.name) }

    /// The builder of that name; `auto` is the first one that answers.
    package func builder(named name: String) async throws(Failure) -> any ImageBuilder {
        if name == "auto" {
            for builder in builders where await builder.answers() { return builder }
            throw Failure(
                .unavailable, "no builder answers",
                hint: "start docker or podman, or build plain processes: --builder process")
        }
        guard let builder = builders.first(where: { $0.name == name }) else {
            let known = (["auto"] + names).map { "`\($0)`" }.joined(separator: ", ")
            throw Failure(.usage, "unknown builder `\(name)`", hint: "choose one of \(known)")
        }
        return builder
    }
}
