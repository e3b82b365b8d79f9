import Configuration
package import Releases

/// The argument vectors of a container engine, as values: tests compare them, nothing here runs.
package struct EngineArguments: Hashable, Sendable {
    package var engine: ContainerEngine

    package init(_ engine: ContainerEngine) {
        self.engine = engine
    }

    /// The tag under which a build is found again; equal sources have equal tags.
    package static func sourceTag(for request: BuildRequest) -> String {
        let digits = request.sourceDigest.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return "\(request.repository):src-\(digits.prefix(12))"
    }

    /// Fails where the engine itself, or the storage that it works in, does not answer.
    package func version() -> [String] {
        switch engine.dialect {
        case .docker, .podman: command(["version", "--format", "{{.Server.Version}}"])
        case .buildah: command(["info", "--format", "{{.store.GraphRoot}}"])
        }
    }

    package func build(_ request: BuildRequest, _ means: BuildMeans = BuildMeans()) -> [String] {
        var arguments = ["build"] + engine.buildArguments + means.arguments
        arguments += ["--platform", "linux/amd64"]
        switch engine.dialect {
        case .docker:
            // What a failed build leaves; BuildKit has no containers of its own.
            if !means.usesBuildKit { arguments.append("--force-rm") }
        case .podman, .buildah:
            arguments += ["--layers", "--force-rm"]
            if !means.mark.isEmpty { arguments += ["--build-arg", "\(BuildLeftovers.variable)=\(means.mark)"] }
        }
        arguments += cache(request)
        arguments += ["--file", absolute(request.source.dockerfile, in: request.root)]
        arguments += ["--tag", Self.sourceTag(for: request)]
        arguments += ["--label", "dev.stagectl.service=\(request.service)"]
        arguments += ["--label", "dev.stagectl.source=\(request.sourceDigest)"]
        if let target = request.source.target { arguments += ["--target", target] }
        for (name, value) in request.source.arguments.sorted(by: { $0.key < $1.key }) {
            arguments += ["--build-arg", "\(name)=\(value)"]
        }
        for secret in means.secrets { arguments += ["--secret", "id=\(secret.id),src=\(secret.path)"] }
        return command(arguments + [absolute(request.source.context, in: request.root)])
    }

    /// Where layers wait for the next machine; nil where nothing is pushed, or nobody asked for it.
    package static func cacheRepository(for request: BuildRequest) -> String? {
        guard request.pushes, let cache = request.source.cache else { return nil }
        return cache == "registry" ? "\(request.repository)/cache" : cache
    }

    /// Docker's classic builder takes layers from an image, the others from a repository that they also fill.
    static func cacheImage(_ repository: String) -> String { "\(repository):cache" }

    private func cache(_ request: BuildRequest) -> [String] {
        guard let repository = Self.cacheRepository(for: request) else { return [] }
        switch engine.dialect {
        case .docker: return ["--cache-from", Self.cacheImage(repository)]
        case .podman, .buildah:
            return ["--cache-from", repository, "--cache-to", repository] + transport(repository)
        }
    }

    /// Prints what ``ImageFacts`` reads.
    package func inspect(_ image: String) -> [String] {
        switch engine.dialect {
        case .docker, .podman:
            command(["image", "inspect", "--format", "{{.Id}} {{.Size}} {{.Os}}/{{.Architecture}}", image])
        case .buildah: command(["inspect", "--type", "image", image])
        }
    }

    /// With all tags of its repository. Refused by the engine while a container or another repository has it.
    package func remove(id: String) -> [String] {
        switch engine.dialect {
        case .docker, .podman: command(["image", "rm", id])
        case .buildah: command(["rmi", id])
        }
    }

    /// Prints one `repository@sha256:…` per line. Buildah does not tell.
    package func repoDigests(of image: String) -> [String]? {
        guard engine.dialect != .buildah else { return nil }
        return command(["image", "inspect", "--format", "{{range .RepoDigests}}{{println .}}{{end}}", image])
    }

    package func tag(_ image: String, as name: String) -> [String] {
        command(["tag", image, name])
    }

    package func pull(_ name: String) -> [String] {
        command(["pull"] + transport(name) + [name])
    }

    package func push(_ name: String) -> [String] {
        switch engine.dialect {
        case .docker: command(["push", name])
        case .podman, .buildah: command(["push", "--digestfile", "/dev/stdout"] + transport(name) + [name])
        }
    }

    /// Without TLS on this machine alone, as Docker does it by itself.
    private func transport(_ name: String) -> [String] {
        guard engine.dialect != .docker, let address = RegistryAddress(name), address.isLoopback else { return [] }
        return ["--tls-verify=false"]
    }

    func command(_ arguments: [String]) -> [String] {
        [engine.program] + engine.globalArguments + arguments
    }
}

/// What one build is given besides its request.
package struct BuildMeans: Hashable, Sendable {
    package struct Secret: Hashable, Sendable {
        package var id: String
        /// The file that holds it; its content never is an argument.
        package var path: String

        package init(id: String, path: String) {
            self.id = id
            self.path = path
        }
    }

    /// What this machine needs, such as `--isolation chroot`.
    package var arguments: [String]
    package var secrets: [Secret]
    package var usesBuildKit: Bool
    /// By which the containers of this build are found when it was cut.
    package var mark: String

    package init(arguments: [String] = [], secrets: [Secret] = [], usesBuildKit: Bool = false, mark: String = "") {
        self.arguments = arguments
        self.secrets = secrets
        self.usesBuildKit = usesBuildKit
        self.mark = mark
    }

    /// Added to the engine's own environment. Attestations would turn the image into an index (docker/buildx,
    /// `BUILDX_NO_DEFAULT_ATTESTATIONS`).
    var environment: [String: String] {
        guard usesBuildKit else { return [:] }
        return ["DOCKER_BUILDKIT": "1", "BUILDKIT_PROGRESS": "plain", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"]
    }
}

/// The path itself when it is absolute, else below `folder`.
func absolute(_ path: String, in folder: String) -> String {
    if path.hasPrefix("/") { return path }
    if path == "." || path.isEmpty { return folder }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
}
