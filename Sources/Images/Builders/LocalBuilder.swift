package import Releases

/// A builder that works on this machine, and can tell whether it could now.
package protocol LocalBuilder: ImageBuilder {
    func answers() async -> Bool
}
