import Clibgit2

/// An open `git_repository`. Not `Sendable`: it lives and dies inside one operation on the repository's queue.
final class OpenRepository {
    let pointer: OpaquePointer
    /// The work tree's top folder as libgit2 knows it, without a slash at its end.
    let workTree: String

    /// Searches upwards from the path.
    convenience init(discovering path: String) throws(SourceControlError) {
        try self.init(path: path, flags: 0)
    }

    /// Opens a work tree whose top is known.
    convenience init(workTree: String) throws(SourceControlError) {
        try self.init(path: workTree, flags: GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue)
    }

    private init(path: String, flags: UInt32) throws(SourceControlError) {
        try GitLibrary.start()
        // A C string ends at the first NUL: the rest of the name would be silently ignored.
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .notARepository(path: path) }
        var opened: OpaquePointer?
        let code = git_repository_open_ext(&opened, path, flags, nil)
        if code == GIT_ENOTFOUND.rawValue { throw .notARepository(path: path) }
        try GitLibrary.check(code)
        guard let opened else { throw .notARepository(path: path) }
        guard let folder = git_repository_workdir(opened).map({ String(cString: $0) }) else {
            git_repository_free(opened)
            throw .noWorkTree(path: path)
        }
        pointer = opened
        workTree = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }

    deinit {
        git_repository_free(pointer)
    }
}

extension OpenRepository {
    func snapshot() throws(SourceControlError) -> GitSnapshot {
        var head: OpaquePointer?
        let code = git_repository_head(&head, pointer)
        defer { git_reference_free(head) }
        if code == GIT_EUNBORNBRANCH.rawValue || code == GIT_ENOTFOUND.rawValue { throw .noCommits }
        try GitLibrary.check(code)

        var commit: OpaquePointer?
        try GitLibrary.check(git_reference_peel(&commit, head, GIT_OBJECT_COMMIT))
        defer { git_object_free(commit) }
        guard let commit, let id = git_object_id(commit) else { throw .noCommits }

        let detached = git_repository_head_detached(pointer) == 1
        let branch = detached ? nil : git_reference_shorthand(head).map { GitLibrary.printable(String(cString: $0)) }
        return GitSnapshot(
            commit: id.pointee.hex, branch: branch, subject: Self.subject(of: commit),
            committed: git_commit_time(commit), changes: try changes())
    }

    static func subject(of commit: OpaquePointer) -> String {
        git_commit_summary(commit).map { GitLibrary.printable(String(cString: $0), limit: 300) } ?? ""
    }

    private func changes() throws(SourceControlError) -> [ChangedPath] {
        var changes: [ChangedPath] = []
        let flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED.rawValue | GIT_STATUS_OPT_INCLUDE_UNREADABLE.rawValue
        try forEachStatus(flags: flags, under: []) { status throws(SourceControlError) in
            guard let kind = ChangedPath.Kind(flags: status.flags) else { return }
            changes.append(ChangedPath(path: String(decoding: status.path, as: UTF8.self), kind: kind))
        }
        return changes
    }
}

extension ChangedPath.Kind {
    /// One word for libgit2's set of flags, in which index and work tree may each have changed.
    init?(flags: UInt32) {
        func has(_ status: git_status_t...) -> Bool { status.contains { flags & $0.rawValue != 0 } }
        if has(GIT_STATUS_CONFLICTED) {
            self = .conflicted
        } else if has(GIT_STATUS_WT_UNREADABLE) {
            self = .unreadable
        } else if has(GIT_STATUS_WT_NEW) {
            // Removed from the index alone: the file is there, but HEAD knows it.
            self = has(GIT_STATUS_INDEX_DELETED) ? .modified : .untracked
        } else if has(GIT_STATUS_WT_DELETED, GIT_STATUS_INDEX_DELETED) {
            self = .deleted
        } else if has(GIT_STATUS_INDEX_NEW) {
            self = .added
        } else if has(GIT_STATUS_WT_TYPECHANGE, GIT_STATUS_INDEX_TYPECHANGE) {
            self = .typeChanged
        } else if has(
            GIT_STATUS_WT_MODIFIED, GIT_STATUS_INDEX_MODIFIED, GIT_STATUS_WT_RENAMED, GIT_STATUS_INDEX_RENAMED)
        {
            self = .modified
        } else {
            return nil
        }
    }
}
