import Releases
import SourceControl

extension FailureLifting {
    /// What stands in the way of a change to a repository.
    static func liftWriting(_ error: SourceControlError) -> Failure {
        switch error {
        case .locked(let path):
            Failure(
                .conflict, "another git process is at work in this repository, or one that was killed left its lock",
                details: [.init("lock", path)],
                hint: "when no git runs there any more: rm \(path)")
        case .noIdentity:
            Failure(
                .usage, "git does not know who commits: `user.name` or `user.email` is not set",
                hint: "git config user.name NAME && git config user.email MAIL")
        case .noSuchCommit(let commit):
            Failure(.conflict, "commit `\(commit)` is not in this repository", hint: "git fetch --unshallow")
        case .invalidBranchName(let name):
            Failure(.configuration, "`\(name)` cannot be a branch's name", hint: "git check-ref-format --help")
        case .branchExists(let name, let commit):
            Failure(
                .conflict, "the branch `\(name)` is there already, at another commit",
                details: [.init("commit", commit)], hint: "git branch -m \(name) OTHER")
        case .branchInUse(let name):
            Failure(.conflict, "the branch `\(name)` is checked out in another work tree", hint: "git worktree list")
        case .headMoved(let expected, let found):
            Failure(
                .conflict, "HEAD has moved: it is at `\(found)` and was to be at `\(expected)`",
                hint: "git log, git reflog")
        case .workTreeChanged:
            Failure(
                .conflict, "the work tree was changed by somebody else in the meantime", hint: "git status, git diff")
        case .notRestored(let paths):
            Failure(
                .needsAttention, "files could not be put back to the commit",
                details: paths.prefix(10).map { .init("file", $0) }, hint: "git status")
        case .fileTooLarge(let path, let bytes):
            Failure(
                .usage, "`\(path)` is too large to be committed: \(bytes >> 20) MiB", hint: "add it to .gitignore")
        case .folderNotEmpty(let path):
            Failure(.usage, "`\(path)` is not an empty folder", hint: "name another one")
        case .cannotWrite(let path, let reason):
            Failure(
                .unavailable, "`\(path)` cannot be written", details: [.init("why", reason)], hint: "ls -ld \(path)")
        default: lift(error)
        }
    }
}
