/// Why a repository could not be read.
package enum SourceControlError: Error, Hashable, Sendable {
    /// There is no repository at the path or above it.
    case notARepository(path: String)
    /// A bare repository: nothing is checked out there, so nothing can be built from it.
    case noWorkTree(path: String)
    /// HEAD points to a branch that has no commit yet.
    case noCommits
    /// A path whose content was asked for does not exist.
    case pathNotFound(String)
    /// A path whose content was asked for lies outside the repository's work tree.
    case outsideRepository(String)
    /// Whatever else libgit2 said; `code` is its own (`git_error_code`).
    case other(code: Int32, message: String)
}
