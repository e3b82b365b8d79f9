import Clibgit2

extension OpenRepository {
    /// `user.name` and `user.email`.
    func identity() throws(SourceControlError) -> CommitIdentity {
        let signature = try signature()
        defer { git_signature_free(signature) }
        return CommitIdentity(
            name: signature?.pointee.name.map { String(cString: $0) } ?? "",
            mail: signature?.pointee.email.map { String(cString: $0) } ?? "")
    }

    private func signature() throws(SourceControlError) -> UnsafeMutablePointer<git_signature>? {
        var signature: UnsafeMutablePointer<git_signature>?
        let code = git_signature_default(&signature, pointer)
        // Not there, or empty.
        if code == GIT_ENOTFOUND.rawValue || code == GIT_EINVALID.rawValue { throw .noIdentity }
        if code < 0, git_error_last()?.pointee.klass == Int32(GIT_ERROR_INVALID.rawValue) { throw .noIdentity }
        try GitLibrary.check(code)
        return signature
    }

    /// The index first, then the branch: until the one write of the branch nothing has happened that `git status` does
    /// not show as a staged change, and after it everything is done.
    func commit(_ order: CommitOrder) throws(SourceControlError) -> String {
        let signature = try signature()
        defer { git_signature_free(signature) }
        let branch = try headBranch()
        guard branch == order.branch else { throw .headMoved(expected: order.branch, found: branch ?? "HEAD") }
        try expectHead(at: order.parent)
        try waitForLock(indexLock)

        return try withTree(of: order.parent) { parent, old throws(SourceControlError) in
            let (index, staged) = try stageWorkTree(over: old)
            defer { git_index_free(index) }
            var id = staged.id
            guard id.hex == order.tree.lowercased() else { throw .workTreeChanged }
            var tree: OpaquePointer?
            try GitLibrary.check(git_tree_lookup(&tree, pointer, &id))
            defer { git_tree_free(tree) }
            try checkWritten(git_index_write(index), lock: indexLock)

            var commit = git_oid()
            let message = order.message.hasSuffix("\n") ? order.message : order.message + "\n"
            var parents: [OpaquePointer?] = [parent]
            let full = Self.branches + order.branch
            let lock = commonFolder + "/\(full).lock"
            if order.ownsBranch { outwaitLock(lock) }
            // Refused by libgit2 where the branch is not at the parent any more.
            let code = git_commit_create(
                &commit, pointer, full, signature, signature, nil, message, tree, 1, &parents)
            if code == GIT_EMODIFIED.rawValue {
                throw .headMoved(expected: order.parent, found: try headCommit()?.hex ?? "HEAD")
            }
            try checkWritten(code, lock: lock)
            return commit.hex
        }
    }

    /// Lets the index say what HEAD says: after a commit whose process was killed, or a change that was put back.
    func settleIndex(at commit: String) throws(SourceControlError) {
        try waitForLock(indexLock)
        try withTree(of: commit) { _, tree throws(SourceControlError) in
            var index: OpaquePointer?
            try GitLibrary.check(git_repository_index(&index, pointer))
            defer { git_index_free(index) }
            try GitLibrary.check(git_index_read_tree(index, tree))
            try checkWritten(git_index_write(index), lock: indexLock)
        }
    }

    /// The whole message of a commit.
    func message(of commit: String) throws(SourceControlError) -> String {
        try withTree(of: commit) { found, _ in git_commit_message(found).map { String(cString: $0) } ?? "" }
    }
}
