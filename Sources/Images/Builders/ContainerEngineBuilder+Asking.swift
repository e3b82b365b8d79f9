import JSON
import Releases
import Transport

/// What the engine knows of its images.
extension ContainerEngineBuilder {
    func facts(of image: String) async throws -> ImageFacts? {
        // Buildah knows an id by its bare digits.
        let name = engine.dialect == .buildah ? ImageDigest.hex(image) ?? image : image
        let result = try await shell.run(arguments.inspect(name), deadline: .seconds(60))
        guard result.exitCode == 0 else { return nil }
        return engine.dialect == .buildah
            ? BuildahImage(result.output)?.facts : ImageFacts(line: result.outputText)
    }

    func localFacts(of digest: ImageDigest) async throws -> ImageFacts? {
        if let facts = try await facts(of: "sha256:\(digest.hex)") { return facts }
        // Pushed before: then the reference has the registry's digest, not the image's id.
        return try await facts(of: "\(digest.repository)@sha256:\(digest.hex)")
    }

    func repoDigest(of image: String, repository: String) async throws -> String? {
        guard let question = arguments.repoDigests(of: image) else { return nil }
        let result = try await shell.run(question, deadline: .seconds(60))
        return result.outputText.split(whereSeparator: \.isNewline)
            .compactMap { ImageDigest(reference: String($0)) }.last { $0.repository == repository }?.hex
    }

    /// An engine that does not answer is another failure than a build that it refused.
    func requireAnswer() async throws {
        guard await !answers() else { return }
        try Task.checkCancellation()
        throw Failure(
            .unavailable, "`\(name)` does not answer",
            hint: engine.dialect == .buildah
                ? "`buildah info` shows why, or choose another with `--builder`"
                : "start it (`systemctl start \(name)` or `service \(name) start`), or choose another with `--builder`")
    }

    // MARK: - Report

    /// Of an image that is only here: layers as the engine unpacked them.
    func localReport(on digest: ImageDigest) async -> ImageReport? {
        switch engine.dialect {
        case .buildah:
            guard let text = await shell.ask(arguments.inspect(digest.hex)) else { return nil }
            return BuildahImage(Array(text.utf8))?.report
        case .docker, .podman:
            guard let text = await shell.ask(arguments.configuration(of: "sha256:\(digest.hex)")),
                let answer = try? JSONValue(parsing: text)
            else { return nil }
            // Podman gives a list of one.
            let json = answer[0] ?? answer
            let history = await shell.ask(arguments.history(of: "sha256:\(digest.hex)"))
            return EngineImage(json, history: history.map(EngineImage.history) ?? [])?
                .report(digest: "sha256:\(digest.hex)")
        }
    }
}
