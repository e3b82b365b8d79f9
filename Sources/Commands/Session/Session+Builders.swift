import Configuration
import Images
import Releases

/// Who builds.
extension Session {
    private func registry() throws -> BuilderRegistry {
        let local = try LocalLauncher(session: self).settings()
        return BuilderRegistry(processStore: local.stateFolder + "/images")
    }

    func builders() throws -> [String: any ImageBuilder] {
        Dictionary(uniqueKeysWithValues: try registry().builders.map { ($0.name, $0 as any ImageBuilder) })
    }

    /// `auto` follows the local Cloud Run's runtime, since the image must be where that one looks.
    func builder(named name: String, runtime: String?) async throws -> String {
        if name == "auto", let runtime, runtime != "auto" { return runtime }
        return try await registry().builder(named: name).name
    }

    /// A given image, pinned by digest.
    func resolve(image: String, builder name: String) async throws -> ImageReference {
        if ImageDigest(reference: image) != nil { return ImageReference(image) }
        guard ImageName(image) != nil else {
            throw Failure(
                .usage, "`\(image)` is not an image's name", hint: "write repository:tag or repository@sha256:DIGEST")
        }
        guard let builder = try builders()[name] else {
            throw Failure(.internalError, "builder `\(name)` is not registered")
        }
        return try await builder.resolve(image)
    }
}
