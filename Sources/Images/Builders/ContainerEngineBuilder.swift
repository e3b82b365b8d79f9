import Configuration
package import Releases
import Transport

/// Builds with the command line of a container engine; the engine keeps the images until they are pushed.
package struct ContainerEngineBuilder: LocalBuilder {
    package let engine: ContainerEngine
    private let arguments: EngineArguments
    private let preparation: Preparation
    private let deadline: Duration

    package init(engine: ContainerEngine, preparation: Preparation, deadline: Duration = .seconds(3600)) {
        self.engine = engine
        arguments = EngineArguments(engine)
        self.preparation = preparation
        self.deadline = deadline
    }

    package var name: String { engine.name }

    /// Whether the engine itself answers, not only its command line.
    package func answers() async -> Bool {
        let result = try? await run(arguments.version(), deadline: .seconds(5))
        return result?.exitCode == 0
    }

    package func holds(_ image: ImageReference) async throws -> Bool {
        if try await facts(of: image.value) != nil { return true }
        // What was never pushed has no digest in the engine: there its digits are the image's id.
        guard let digest = ImageDigest(reference: image.value) else { return false }
        return try await facts(of: "sha256:\(digest.hex)") != nil
    }

    package func build(
        _ request: BuildRequest, output: @escaping @Sendable (String) -> Void
    ) async throws -> BuiltImage {
        try await preparation.run(request.source.before, in: request.root, output: output)

        let tail = LineTail()
        let result = try await run(arguments.build(request), deadline: deadline) { _, line in
            tail.append(line)
            output(line)
        }
        guard result.exitCode == 0 else {
            try await requireAnswer()
            throw Failure(
                .release, "image build of `\(request.service)` failed", details: tail.details,
                hint: "correct `\(request.source.dockerfile)`, then `stagectl build \(request.service)`")
        }
        let tag = EngineArguments.sourceTag(for: request)
        guard let facts = try await facts(of: tag) else {
            try await requireAnswer()
            throw Failure(
                .release, "image `\(tag)` is gone after its build",
                hint: "`\(engine.program) image ls` shows what is there")
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
        if image.hasRegistry {
            // A tag that is here may be older than the registry's; without the registry, the one here must do.
            _ = try await run(arguments.pull(reference), deadline: deadline)
        }
        guard let facts = try await facts(of: reference) else {
            try await requireAnswer()
            throw Failure(
                .release, "image `\(reference)` is not in `\(name)`",
                hint: "`\(engine.program) image ls` shows what is there")
        }
        let pushed = try await repoDigest(of: "sha256:\(facts.id)", repository: image.repository)
        return ImageReference("\(image.repository)@sha256:\(pushed ?? facts.id)")
    }

    package func push(
        _ image: BuiltImage, output: @escaping @Sendable (String) -> Void
    ) async throws -> ImageReference {
        guard let digest = ImageDigest(reference: image.reference.value) else {
            throw Failure(.internalError, "`\(image.reference)` is not pinned by digest")
        }
        guard let facts = try await localFacts(of: digest) else {
            try await requireAnswer()
            throw Failure(
                .release, "image `\(image.reference)` is not in `\(name)`", hint: "deploy again: it will be built anew")
        }
        let id = "sha256:\(facts.id)"
        // The tag only carries the image over; what is deployed is the digest that comes back.
        let name = "\(digest.repository):id-\(facts.id.prefix(12))"
        let tail = LineTail()
        let tagged = try await run(arguments.tag(id, as: name), deadline: .seconds(60)) { _, line in tail.append(line) }
        guard tagged.exitCode == 0 else { throw pushFailure(name, tail) }
        // Safe to repeat: layers and manifest are addressed by content, the registry keeps what it has.
        let pushed = try await run(arguments.push(name), deadline: deadline) { _, line in
            tail.append(line)
            output(line)
        }
        guard pushed.exitCode == 0 else {
            try await requireAnswer()
            throw pushFailure(name, tail)
        }
        guard let remote = try await pushedDigest(of: id, repository: digest.repository, output: pushed.outputText)
        else {
            throw Failure(
                .release, "the push of `\(name)` gave no digest", details: tail.details,
                hint: "push again: a second push changes nothing", mayHaveHappened: true)
        }
        return ImageReference("\(digest.repository)@sha256:\(remote)")
    }
}

extension ContainerEngineBuilder {
    private func run(
        _ arguments: [String], deadline: Duration, onLine: (@Sendable (OutputStream, String) -> Void)? = nil
    ) async throws -> ProcessResult {
        try await Tool.run(
            CommandLine(arguments, environment: engine.environment, deadline: deadline), onLine: onLine)
    }

    private func facts(of image: String) async throws -> ImageFacts? {
        let result = try await run(arguments.inspect(image), deadline: .seconds(60))
        return result.exitCode == 0 ? ImageFacts(line: result.outputText) : nil
    }

    private func localFacts(of digest: ImageDigest) async throws -> ImageFacts? {
        if let facts = try await facts(of: "sha256:\(digest.hex)") { return facts }
        // Pushed before: then the reference has the registry's digest, not the image's id.
        return try await facts(of: "\(digest.repository)@sha256:\(digest.hex)")
    }

    private func pushedDigest(of id: String, repository: String, output: String) async throws -> String? {
        switch engine.pushedDigest {
        case .digestFile:
            return output.split(whereSeparator: \.isNewline).compactMap { ImageDigest.hex($0) }.last
        case .repoDigests:
            return try await repoDigest(of: id, repository: repository)
        }
    }

    private func repoDigest(of image: String, repository: String) async throws -> String? {
        let result = try await run(arguments.repoDigests(of: image), deadline: .seconds(60))
        return result.outputText.split(whereSeparator: \.isNewline)
            .compactMap { ImageDigest(reference: String($0)) }.last { $0.repository == repository }?.hex
    }

    /// An engine that does not answer is another failure than a build that it refused.
    private func requireAnswer() async throws {
        guard await !answers() else { return }
        try Task.checkCancellation()
        throw Failure(
            .unavailable, "`\(name)` does not answer",
            hint: "start it (`systemctl start \(name)` or `service \(name) start`), or choose another with `--builder`")
    }

    private func pushFailure(_ name: String, _ tail: LineTail) -> Failure {
        Failure(
            .release, "push of `\(name)` failed", details: tail.details,
            hint: "`\(engine.program) push \(name)` shows it again; `\(engine.program) login` if it is about permission"
        )
    }
}
