package import Releases

/// A builder that is started from this machine, and can tell whether it could build now.
package protocol LocalBuilder: ImageBuilder {
    func answers() async -> Bool

    /// Whether its builds can be given secrets, asked of what is installed here.
    func takesBuildSecrets() async -> Bool
}

extension LocalBuilder {
    package func takesBuildSecrets() async -> Bool { false }
}
