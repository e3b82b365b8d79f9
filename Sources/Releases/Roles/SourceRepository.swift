/// The version control that says which commit is being shipped.
package protocol SourceRepository: Sendable {
    /// HEAD, its branch and what differs from it. Throws ``Failure`` when there is no repository.
    func snapshot() async throws -> SourceSnapshot

    /// Digest over the content of the paths (relative to the configuration's root), uncommitted changes included.
    func digest(of paths: [String]) async throws -> String

    /// How `commit` relates to `other`; `unknown` when one of the two is not here (a shallow clone).
    func relation(of commit: String, to other: String) async throws -> CommitRelation

    /// The full id for an abbreviated commit or a name; nil when nothing or more than one thing matches.
    func resolve(_ revision: String) async throws -> String?
}

package struct SourceSnapshot: Codable, Hashable, Sendable {
    /// 40 hex digits.
    package var commit: String
    /// Nil when HEAD is detached.
    package var branch: String?
    package var subject: String
    /// When the commit was made, RFC 3339 in UTC; nil in records of earlier versions.
    package var committed: String?
    /// Paths with uncommitted changes, relative to the repository's top.
    package var changes: [String]

    package var isDirty: Bool { !changes.isEmpty }

    package init(commit: String, branch: String?, subject: String, committed: String? = nil, changes: [String]) {
        self.commit = commit
        self.branch = branch
        self.subject = subject
        self.committed = committed
        self.changes = changes
    }
}

package enum CommitRelation: String, Codable, Hashable, Sendable {
    case same, ancestor, descendant, diverged, unknown
}
