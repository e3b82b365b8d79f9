package import Releases
import Transport

extension ContainerEngineBuilder {
    /// An instance of a revision that has just been deleted may take a moment to end.
    private static let pauses: [Duration] = [
        .milliseconds(200), .milliseconds(400), .seconds(1), .seconds(2), .seconds(4),
    ]

    package func remove(_ image: ImageReference) async throws -> Bool {
        guard let digest = ImageDigest(reference: image.value), try await facts(of: "sha256:\(digest.hex)") != nil
        else {
            return false
        }
        let id = engine.dialect == .buildah ? digest.hex : "sha256:\(digest.hex)"
        var refusal = ""
        for pause in Self.pauses {
            let result = try await shell.run(arguments.remove(id: id), deadline: .seconds(60))
            if result.exitCode == 0 { return true }
            refusal = result.errorText.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
            try await Task.sleep(for: pause)
        }
        try await requireAnswer()
        throw Failure(
            .release, "`\(name)` does not delete image `\(image.value)`", details: [.init(name, refusal)],
            hint: "`\(engine.program) ps --all` shows what uses it; then prune again")
    }
}
