package import Releases

/// A builder that is started from this machine, and can tell whether it could build now.
package protocol LocalBuilder: ImageBuilder {
    func answers() async -> Bool

    /// Whether its builds can be given secrets, asked of what is installed here.
    func takesBuildSecrets() async -> Bool

    /// Deletes an image that was never pushed from where builds are kept on this machine; false where it is gone
    /// already. Throws ``Failure`` where something still uses it.
    func remove(_ image: ImageReference) async throws -> Bool
}

extension LocalBuilder {
    package func takesBuildSecrets() async -> Bool { false }

    package func remove(_ image: ImageReference) async throws -> Bool {
        throw Failure(.usage, "builder `\(name)` keeps no images on this machine", hint: "set prune.images to keep")
    }
}
