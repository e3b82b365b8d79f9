/// What a working tree is like.
package struct TreeState: Codable, Hashable, Sendable {
    /// Nil before the first commit.
    package var head: String?
    /// Nil when HEAD is detached.
    package var branch: String?
    /// Changed and untracked paths, without ignored ones.
    package var changes: [String]
    /// `merge`, `rebase` …, begun and not finished.
    package var operation: String?

    package init(head: String?, branch: String?, changes: [String] = [], operation: String? = nil) {
        self.head = head
        self.branch = branch
        self.changes = changes
        self.operation = operation
    }

    package var isClean: Bool { changes.isEmpty && operation == nil }
}
