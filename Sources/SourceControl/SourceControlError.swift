/// Why a repository could not be read or written.
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
    /// Another git process holds this lock file, or one that was killed has left it. Nobody but a person removes it.
    case locked(path: String)
    /// `user.name` or `user.email` is in no configuration of git's.
    case noIdentity
    /// The commit is not in this repository (any more, or a shallow clone ends before it).
    case noSuchCommit(String)
    case invalidBranchName(String)
    /// The branch is there already, at another commit.
    case branchExists(name: String, commit: String)
    /// The branch is what another work tree of the repository has checked out.
    case branchInUse(name: String)
    /// HEAD is not where it was: `expected` and `found` are a branch or a commit.
    case headMoved(expected: String, found: String)
    /// The work tree holds other content than what was looked at.
    case workTreeChanged
    /// Paths that still differ from HEAD after everything was done to put them back.
    case notRestored([String])
    /// A new or changed file larger than what is looked into.
    case fileTooLarge(path: String, bytes: Int)
    /// A folder that must be empty is not, or cannot be made.
    case folderNotEmpty(String)
    /// A file outside of git's own could not be written or removed.
    case cannotWrite(path: String, reason: String)
    /// Whatever else libgit2 said; `code` is its own (`git_error_code`).
    case other(code: Int32, message: String)
}
