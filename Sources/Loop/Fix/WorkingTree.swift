/// The repository in which fixes are made, as the loop wants it.
package protocol WorkingTree: Sendable {
    /// The repository's top folder.
    var root: String { get }
    func state() async throws -> TreeState
    /// Everything that differs from the commit.
    func changes(since head: String) async throws -> (change: TreeChange, patch: [UInt8])
    /// Lets HEAD name the branch, which is made where it is not there. `head` is where HEAD must be.
    func makeBranch(_ name: String, at head: String) async throws
    /// `NAME <MAIL>`, from git's configuration.
    func committer() async throws -> String
    /// Commits exactly the tree that was judged.
    /// - Returns: the commit, 40 hex digits.
    func commit(_ tree: String, on branch: String, parent: String, message: String) async throws -> String
    /// Puts branch, files and index back; what differed is in the file first.
    func restore(to head: String, branch: String?, keepingPatchIn file: String?) async throws -> TreeChange
    /// The whole message of a commit.
    func message(of commit: String) async throws -> String
    /// Lets git's index say what the commit says: for after a commit whose process was killed.
    func settle(at commit: String) async throws
    /// A commit's files in a folder that is empty or not there.
    func checkOut(_ commit: String, into folder: String) async throws
}

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
