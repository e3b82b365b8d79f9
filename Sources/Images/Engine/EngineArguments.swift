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

    package func version() -> [String] {
        command(["version", "--format", "{{.Server.Version}}"])
    }

    package func build(_ request: BuildRequest) -> [String] {
        var arguments = ["build"] + engine.buildArguments
        arguments += ["--file", absolute(request.source.dockerfile, in: request.root)]
        arguments += ["--tag", Self.sourceTag(for: request)]
        arguments += ["--label", "dev.stagectl.service=\(request.service)"]
        arguments += ["--label", "dev.stagectl.source=\(request.sourceDigest)"]
        for (name, value) in request.source.arguments.sorted(by: { $0.key < $1.key }) {
            arguments += ["--build-arg", "\(name)=\(value)"]
        }
        return command(arguments + [absolute(request.source.context, in: request.root)])
    }

    /// Prints what ``ImageFacts`` reads.
    package func inspect(_ image: String) -> [String] {
        command(["image", "inspect", "--format", "{{.Id}} {{.Size}} {{.Os}}/{{.Architecture}}", image])
    }

    /// Prints one `repository@sha256:…` per line.
    package func repoDigests(of image: String) -> [String] {
        command(["image", "inspect", "--format", "{{range .RepoDigests}}{{println .}}{{end}}", image])
    }

    package func tag(_ image: String, as name: String) -> [String] {
        command(["tag", image, name])
    }

    package func pull(_ name: String) -> [String] {
        command(["pull", name])
    }

    package func push(_ name: String) -> [String] {
        switch engine.pushedDigest {
        case .repoDigests: command(["push", name])
        case .digestFile: command(["push", "--digestfile", "/dev/stdout", name])
        }
    }

    private func command(_ arguments: [String]) -> [String] {
        [engine.program] + engine.globalArguments + arguments
    }
}

/// The path itself when it is absolute, else below `folder`.
func absolute(_ path: String, in folder: String) -> String {
    if path.hasPrefix("/") { return path }
    if path == "." || path.isEmpty { return folder }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
}
