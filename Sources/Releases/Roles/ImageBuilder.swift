package import Configuration

/// Makes images. Which one (docker, podman, process, …) is an open name.
package protocol ImageBuilder: Sendable {
    /// The name as `--builder` takes it.
    var name: String { get }

    /// Whether the image is still where the platform will look for it.
    func holds(_ image: ImageReference) async throws -> Bool

    /// Builds and returns the image pinned by digest. `output` gets every line as it comes.
    func build(_ request: BuildRequest, output: @escaping @Sendable (String) -> Void) async throws -> BuiltImage

    /// The image that a name or tag stands for now, pinned by digest.
    func resolve(_ reference: String) async throws -> ImageReference

    /// Makes the image available to the platform and returns the reference the platform is given. A second push of
    /// the same digest changes nothing, so repeating it is safe.
    func push(_ image: BuiltImage, output: @escaping @Sendable (String) -> Void) async throws -> ImageReference

    /// What the image is made of, as far as that can be found out; nobody waits for more than that.
    func report(on image: ImageReference) async -> ImageReport?
}

extension ImageBuilder {
    package func report(on image: ImageReference) async -> ImageReport? { nil }
}

package struct BuildRequest: Codable, Hashable, Sendable {
    package var service: String
    package var source: SourceSettings
    /// `registry/repository` or, without a registry, `repository`.
    package var repository: String
    /// The folder that all relative paths start from.
    package var root: String
    /// Digest of the source tree and of how it is built: the key under which the result is remembered.
    package var sourceDigest: String
    package var pushes: Bool

    package init(
        service: String, source: SourceSettings, repository: String, root: String, sourceDigest: String, pushes: Bool
    ) {
        self.service = service
        self.source = source
        self.repository = repository
        self.root = root
        self.sourceDigest = sourceDigest
        self.pushes = pushes
    }
}

/// `repository@sha256:…`: from the build on, an image is a digest, never a tag.
package struct ImageReference: Codable, Hashable, Sendable, CustomStringConvertible {
    package var value: String

    package init(_ value: String) {
        self.value = value
    }

    package var description: String { value }
}

package struct BuiltImage: Codable, Hashable, Sendable {
    package var reference: ImageReference
    package var bytes: Int64?
    /// What its registry calls it, where that is another name; nil as well before a push, and in records of versions that
    /// did not keep it.
    package var pushed: ImageReference?

    package init(reference: ImageReference, bytes: Int64? = nil, pushed: ImageReference? = nil) {
        self.reference = reference
        self.bytes = bytes
        self.pushed = pushed
    }

    /// Every name by which a revision can have it.
    package var references: [ImageReference] { [reference] + (pushed.map { [$0] } ?? []) }
}
