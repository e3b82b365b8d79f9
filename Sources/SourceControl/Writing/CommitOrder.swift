/// A commit to be made: exactly one tree on exactly one commit of one branch.
package struct CommitOrder: Hashable, Sendable {
    /// What HEAD must name.
    package var branch: String
    /// Where the branch must be, 40 hex digits: the commit's only parent.
    package var parent: String
    /// Of the `TreeDifference` that was looked at: the work tree must still hold just that.
    package var tree: String
    package var message: String
    /// Nobody else commits to the branch, so that a lock of it that stays is one of a process that was killed.
    package var ownsBranch: Bool

    package init(branch: String, parent: String, tree: String, message: String, ownsBranch: Bool = false) {
        self.ownsBranch = ownsBranch
        self.branch = branch
        self.parent = parent
        self.tree = tree
        self.message = message
    }
}

/// Who commits, as git's configuration says it.
package struct CommitIdentity: Hashable, Sendable {
    package var name: String
    package var mail: String

    package init(name: String, mail: String) {
        self.name = name
        self.mail = mail
    }
}
