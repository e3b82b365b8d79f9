/// A container engine's command line: which program, and whose words it understands.
package struct ContainerEngine: Hashable, Sendable {
    /// Where engines differ.
    package enum Dialect: Hashable, Sendable {
        case docker
        /// Compresses while it pushes, so that its local digests are not the registry's.
        case podman
        /// Podman's builder alone: no daemon, and nothing that runs containers.
        case buildah
    }

    package var name: String
    /// Looked up in PATH unless it has a slash.
    package var program: String
    package var dialect: Dialect
    /// Added to the program's environment.
    package var environment: [String: String]
    /// Before the subcommand: storage, cgroups and the like, where the machine needs it.
    package var globalArguments: [String]
    package var buildArguments: [String]

    package init(
        name: String, program: String, dialect: Dialect = .docker, environment: [String: String] = [:],
        globalArguments: [String] = [], buildArguments: [String] = []
    ) {
        self.name = name
        self.program = program
        self.dialect = dialect
        self.environment = environment
        self.globalArguments = globalArguments
        self.buildArguments = buildArguments
    }

    /// The classic builder, unless a build needs more: BuildKit is a plugin that distributions package apart from the
    /// engine.
    package static let docker = ContainerEngine(
        name: "docker", program: "docker", environment: ["DOCKER_BUILDKIT": "0"])

    package static let podman = ContainerEngine(name: "podman", program: "podman", dialect: .podman)

    package static let buildah = ContainerEngine(name: "buildah", program: "buildah", dialect: .buildah)
}
