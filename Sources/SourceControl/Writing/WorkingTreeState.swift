/// What a work tree is like before somebody writes to it.
package struct WorkingTreeState: Hashable, Sendable {
    /// 40 hex digits; nil before the first commit.
    package var head: String?
    /// Nil when HEAD is detached; also of a branch that has no commit yet.
    package var branch: String?
    /// What somebody has begun and not finished.
    package var operation: GitOperation?
    /// Against HEAD and the index, sorted; untracked files one by one, a repository inside this one ends in a slash.
    package var changes: [ChangedPath]
    /// Where git ignores files; a folder that is ignored as a whole is one entry that ends in a slash.
    package var ignored: [String]
    /// Submodules whose commit or content is not what HEAD says.
    package var changedSubmodules: [String]

    package init(
        head: String?, branch: String?, operation: GitOperation? = nil, changes: [ChangedPath] = [],
        ignored: [String] = [], changedSubmodules: [String] = []
    ) {
        self.head = head
        self.branch = branch
        self.operation = operation
        self.changes = changes
        self.ignored = ignored
        self.changedSubmodules = changedSubmodules
    }

    /// Nothing that git would list: no change, nothing untracked, nothing begun.
    package var isClean: Bool { changes.isEmpty && operation == nil }
}

/// An operation of git's that takes more than one command.
package enum GitOperation: String, Hashable, Sendable, CaseIterable {
    case merge, revert, rebase, bisect
    case cherryPick = "cherry-pick"
    case applyMailbox = "am"
}
