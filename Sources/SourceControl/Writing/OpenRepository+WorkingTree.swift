import Clibgit2

extension OpenRepository {
    func workingTreeState() throws(SourceControlError) -> WorkingTreeState {
        var state = WorkingTreeState(
            head: try headCommit()?.hex, branch: try headBranch(), operation: workingTreeOperation())
        let flags =
            GIT_STATUS_OPT_INCLUDE_UNTRACKED.rawValue | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS.rawValue
            | GIT_STATUS_OPT_INCLUDE_UNREADABLE.rawValue | GIT_STATUS_OPT_INCLUDE_IGNORED.rawValue
        try forEachStatus(flags: flags, under: []) { status throws(SourceControlError) in
            let path = TreePath(bytes: status.path).text
            if status.flags & GIT_STATUS_IGNORED.rawValue != 0 {
                state.ignored.append(path)
            } else if let kind = ChangedPath.Kind(flags: status.flags) {
                state.changes.append(ChangedPath(path: path, kind: kind))
                if case .workTree(let mode) = status.content, mode == GIT_FILEMODE_COMMIT.rawValue {
                    state.changedSubmodules.append(path)
                }
            }
        }
        return state
    }

    /// What HEAD's commit is; nil before the first one.
    func headCommit() throws(SourceControlError) -> git_oid? {
        var id = git_oid()
        let code = git_reference_name_to_id(&id, pointer, "HEAD")
        if code == GIT_ENOTFOUND.rawValue || code == GIT_EUNBORNBRANCH.rawValue { return nil }
        try GitLibrary.check(code)
        return id
    }

    /// The branch that HEAD names, whether it has a commit or not; nil when HEAD is detached.
    func headBranch() throws(SourceControlError) -> String? {
        var head: OpaquePointer?
        try GitLibrary.check(git_reference_lookup(&head, pointer, "HEAD"))
        defer { git_reference_free(head) }
        guard let target = git_reference_symbolic_target(head).map({ String(cString: $0) }) else { return nil }
        return target.hasPrefix(Self.branches) ? String(target.dropFirst(Self.branches.count)) : target
    }

    static let branches = "refs/heads/"

    func workingTreeOperation() -> GitOperation? {
        switch git_repository_state_t(UInt32(git_repository_state(pointer))) {
        case GIT_REPOSITORY_STATE_MERGE: .merge
        case GIT_REPOSITORY_STATE_REVERT, GIT_REPOSITORY_STATE_REVERT_SEQUENCE: .revert
        case GIT_REPOSITORY_STATE_CHERRYPICK, GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE: .cherryPick
        case GIT_REPOSITORY_STATE_BISECT: .bisect
        case GIT_REPOSITORY_STATE_REBASE, GIT_REPOSITORY_STATE_REBASE_INTERACTIVE, GIT_REPOSITORY_STATE_REBASE_MERGE:
            .rebase
        case GIT_REPOSITORY_STATE_APPLY_MAILBOX, GIT_REPOSITORY_STATE_APPLY_MAILBOX_OR_REBASE: .applyMailbox
        default: nil
        }
    }

    /// Looks a commit up, gives it and its tree to `body`, and frees both.
    func withTree<Value>(
        of commit: String, _ body: (_ commit: OpaquePointer, _ tree: OpaquePointer) throws(SourceControlError) -> Value
    ) throws(SourceControlError) -> Value {
        guard var id = git_oid(full: commit) else { throw .noSuchCommit(commit) }
        var found: OpaquePointer?
        let code = git_commit_lookup(&found, pointer, &id)
        defer { git_commit_free(found) }
        if code == GIT_ENOTFOUND.rawValue { throw .noSuchCommit(commit) }
        try GitLibrary.check(code)
        var tree: OpaquePointer?
        try GitLibrary.check(git_commit_tree(&tree, found))
        defer { git_tree_free(tree) }
        guard let found, let tree else { throw .noSuchCommit(commit) }
        return try body(found, tree)
    }
}
