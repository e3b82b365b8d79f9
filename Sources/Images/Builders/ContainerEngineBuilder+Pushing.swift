package import Releases
import Transport

/// What has to do with the registry.
extension ContainerEngineBuilder {
    package func holds(_ image: ImageReference) async throws -> Bool {
        guard let digest = ImageDigest(reference: image.value) else { return false }
        // What was never pushed has no digest in the engine: there its digits are the image's id.
        if try await facts(of: "sha256:\(digest.hex)") != nil { return true }
        if let address = RegistryAddress(image.value) {
            do {
                return try await registry.client.holds(address)
            } catch let failure as Failure where failure.category == .unavailable {
                // Without its registry, what the engine remembers must do.
            }
        }
        return try await facts(of: image.value) != nil
    }

    package func report(on image: ImageReference) async -> ImageReport? {
        guard let digest = ImageDigest(reference: image.value) else { return nil }
        let local = try? await facts(of: "sha256:\(digest.hex)")
        if local == nil, let address = RegistryAddress(image.value) {
            return try? await registry.client.report(on: address)
        }
        return await localReport(on: digest)
    }

    package func push(
        _ image: BuiltImage, output: @escaping @Sendable (String) -> Void
    ) async throws -> ImageReference {
        guard let digest = ImageDigest(reference: image.reference.value) else {
            throw Failure(.internalError, "`\(image.reference)` is not pinned by digest")
        }
        guard let facts = try await localFacts(of: digest) else {
            // Built on another machine and pushed from there.
            if try await holds(image.reference) { return image.reference }
            try await requireAnswer()
            throw Failure(
                .release, "image `\(image.reference)` is not in `\(name)`", hint: "deploy again: it will be built anew")
        }
        return try await push(facts, to: digest.repository, output: output)
    }

    private func push(
        _ facts: ImageFacts, to repository: String, output: @escaping @Sendable (String) -> Void
    ) async throws -> ImageReference {
        let id = "sha256:\(facts.id)"
        // The tag only carries the image over; what is deployed is the digest that comes back.
        let name = "\(repository):id-\(facts.id.prefix(12))"
        let tail = LineTail()
        let host = RegistryAddress(name)?.host
        // Buildah finds an image by its bare digits alone.
        let source = engine.dialect == .buildah ? facts.id : id
        let tagged = try await shell.run(arguments.tag(source, as: name), deadline: .seconds(60)) { _, line in
            tail.append(line)
        }
        guard tagged.exitCode == 0 else { throw await pushFailure(name, tail) }
        // Safe to repeat: layers and manifest are addressed by content, the registry keeps what it has.
        let pushed = try await registry.withLogins(
            for: host.map { [$0] } ?? [], required: host, dialect: engine.dialect
        ) { environment in
            try await shell.run(arguments.push(name), deadline: deadline, environment: environment) { _, line in
                tail.append(line)
                output(line)
            }
        }
        guard pushed.exitCode == 0 else {
            try await requireAnswer()
            throw await pushFailure(name, tail)
        }
        guard let remote = try await pushedDigest(of: id, repository: repository, output: pushed.outputText) else {
            throw Failure(
                .release, "the push of `\(name)` gave no digest", details: tail.details,
                hint: "push again: a second push changes nothing", mayHaveHappened: true)
        }
        return ImageReference("\(repository)@sha256:\(remote)")
    }

    private func pushedDigest(of id: String, repository: String, output: String) async throws -> String? {
        switch engine.dialect {
        case .podman, .buildah:
            output.split(whereSeparator: \.isNewline).compactMap { ImageDigest.hex($0) }.last
        case .docker:
            try await repoDigest(of: id, repository: repository)
        }
    }

    /// Whether it was about permission, the registry is asked: an engine says so in words alone.
    private func pushFailure(_ name: String, _ tail: LineTail) async -> Failure {
        if let address = RegistryAddress(name), var refusal = try? await registry.client.pushRefusal(address) {
            refusal.details += tail.details
            return refusal
        }
        return Failure(
            .release, "push of `\(name)` failed", details: tail.details,
            hint: "`\(engine.program) push \(name)` shows it again")
    }
}
