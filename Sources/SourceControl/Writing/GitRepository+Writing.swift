extension GitRepository {
    /// Works before the first commit too.
    package func workingTreeState() async throws(SourceControlError) -> WorkingTreeState {
        try await withRepository { repository throws(SourceControlError) in try repository.workingTreeState() }
    }

    /// Everything that the work tree has and the commit (40 hex digits) has not. Stores the content that it finds.
    package func difference(from commit: String) async throws(SourceControlError) -> TreeDifference {
        try await withRepository { repository throws(SourceControlError) in try repository.difference(from: commit) }
    }

    /// Lets HEAD name the branch, which is made where it is not there; `commit` is where HEAD must be.
    package func switchToBranch(_ name: String, at commit: String) async throws(SourceControlError) {
        try await withRepository { repository throws(SourceControlError) in
            try repository.switchToBranch(name, at: commit)
        }
    }

    /// Who commits: `user.name` and `user.email` of git's configuration.
    package func identity() async throws(SourceControlError) -> CommitIdentity {
        try await withRepository { repository throws(SourceControlError) in try repository.identity() }
    }

    /// Makes the commit, or throws and has changed no reference. No hook of the repository is run (libgit2 knows none),
    /// and nothing is signed with a key.
    /// - Returns: 40 hex digits.
    package func commit(_ order: CommitOrder) async throws(SourceControlError) -> String {
        try await withRepository { repository throws(SourceControlError) in try repository.commit(order) }
    }

    /// The whole message of a commit, trailers included.
    package func message(of commit: String) async throws(SourceControlError) -> String {
        try await withRepository { repository throws(SourceControlError) in try repository.message(of: commit) }
    }

    /// Lets the index say what the commit says. For after a commit whose process was killed.
    package func settleIndex(at commit: String) async throws(SourceControlError) {
        try await withRepository { repository throws(SourceControlError) in try repository.settleIndex(at: commit) }
    }

    /// Puts HEAD, branch, work tree and index back to the commit. What differed is in `file` before anything is
    /// touched, as a patch that `git apply` takes, untracked files' content included.
    /// - Parameter branch: what HEAD is to name; nil for none.
    package func restore(
        to commit: String, branch: String?, keepingPatchIn file: String?
    ) async throws(SourceControlError) -> TreeDifference {
        try await withRepository { repository throws(SourceControlError) in
            try repository.restore(to: commit, branch: branch, keepingPatchIn: file)
        }
    }

    /// Lets `refs/stagectl/kept/NAME` name the commit (40 hex digits), so that it outlives its branch; `NAME-2` and so on
    /// where another commit has that name.
    /// - Returns: the reference's full name.
    package func keep(_ commit: String, as name: String) async throws(SourceControlError) -> String {
        try await withRepository { repository throws(SourceControlError) in try repository.keep(commit, as: name) }
    }

    /// Puts a commit's files into a folder that is empty or not there.
    package func checkOut(_ commit: String, into folder: String) async throws(SourceControlError) {
        try await withRepository { repository throws(SourceControlError) in
            try repository.checkOut(commit, into: folder)
        }
    }

    /// What `to` has and `from` has not along first parents, oldest first; nil where `from` is no ancestor.
    package func firstParents(from: String, to: String) async throws(SourceControlError) -> [CommitSubject]? {
        try await withRepository { repository throws(SourceControlError) in
            try repository.firstParents(from: from, to: to)
        }
    }

    /// What the `.git` folder says, to be compared later.
    package func directoryState() async throws(SourceControlError) -> GitDirectoryState {
        try await withRepository { repository throws(SourceControlError) in try repository.directoryState() }
    }

    /// Settings, hooks and `info/` as they were.
    package func putBack(_ before: GitDirectoryState) async throws(SourceControlError) {
        try await withRepository { repository throws(SourceControlError) in try repository.putBack(before) }
    }
}
