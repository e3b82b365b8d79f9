/// A container engine's command line: which program, and where engines differ.
package struct ContainerEngine: Hashable, Sendable {
    /// Where the engine says which digest a push ended in.
    package enum PushedDigest: Hashable, Sendable {
        /// In the image's `RepoDigests`.
        case repoDigests
        /// In a file. Podman compresses while it pushes, so that its local digests are not the registry's.
        case digestFile
    }

    package var name: String
    /// Looked up in PATH unless it has a slash.
    package var program: String
    /// Added to the program's environment.
    package var environment: [String: String]
    /// Before the subcommand: storage, cgroups and the like, where the machine needs it.
    package var globalArguments: [String]
    package var buildArguments: [String]
    package var pushedDigest: PushedDigest

    package init(
        name: String, program: String, environment: [String: String] = [:], globalArguments: [String] = [],
        buildArguments: [String] = [], pushedDigest: PushedDigest = .repoDigests
    ) {
        self.name = name
        self.program = program
        self.environment = environment
        self.globalArguments = globalArguments
        self.buildArguments = buildArguments
        self.pushedDigest = pushedDigest
    }

    /// The classic builder: BuildKit is a plugin that distributions package apart from the engine.
    package static let docker = ContainerEngine(
        name: "docker", program: "docker", environment: ["DOCKER_BUILDKIT": "0"])

    package static let podman = ContainerEngine(name: "podman", program: "podman", pushedDigest: .digestFile)
}
