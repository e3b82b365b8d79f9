/// HEAD and what differs from it, as `git status` would tell.
package struct GitSnapshot: Hashable, Sendable {
    /// 40 hex digits.
    package var commit: String
    /// Nil when HEAD is detached.
    package var branch: String?
    /// First line of the commit's message, free of control characters.
    package var subject: String
    /// When the commit was made, in seconds since 1970.
    package var committed: Int64
    /// Sorted by path. Untracked folders are one entry that ends in a slash.
    package var changes: [ChangedPath]

    package init(commit: String, branch: String?, subject: String, committed: Int64, changes: [ChangedPath]) {
        self.commit = commit
        self.branch = branch
        self.subject = subject
        self.committed = committed
        self.changes = changes
    }

    /// What git does not know yet: the caller decides whether that makes a tree dirty.
    package var untracked: [ChangedPath] { changes.filter { $0.kind == .untracked } }

    package var trackedChanges: [ChangedPath] { changes.filter { $0.kind != .untracked } }
}

/// A path, relative to the repository's top, whose content is not what HEAD says.
package struct ChangedPath: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case modified, added, deleted, untracked, typeChanged, conflicted, unreadable
    }

    package var path: String
    package var kind: Kind

    package init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }
}

/// How one commit relates to another.
package enum GitRelation: String, Hashable, Sendable, CaseIterable {
    case same, ancestor, descendant, diverged
    /// One of the two is not here, or history is cut (a shallow clone) before it could tell.
    case unknown
}

/// One line of history.
package struct CommitSubject: Hashable, Sendable {
    package var commit: String
    package var subject: String

    package init(commit: String, subject: String) {
        self.commit = commit
        self.subject = subject
    }
}
