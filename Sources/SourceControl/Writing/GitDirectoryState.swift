/// What the `.git` folder says beside its objects: who can change it can hide a change, run a program with the next git
/// command, or let HEAD be another commit.
package struct GitDirectoryState: Hashable, Sendable, Codable {
    package struct File: Hashable, Sendable, Codable {
        /// Mode bits.
        package var mode: UInt32
        /// Nil where it is larger than what is kept; then only `digest` says whether it changed.
        package var content: [UInt8]?
        package var digest: String
    }

    /// The branch that HEAD names; nil when it is detached.
    package var branch: String?
    /// HEAD's commit.
    package var head: String
    /// An operation such as a merge that is not finished.
    package var operation: String?
    /// Local branches and tags, replacements and the stash: full name → commit. What `git fetch` brings is not here.
    package var references: [String: String]
    /// `config`, `config.worktree`, and everything in `info/` and `hooks/`, relative to the folder.
    package var files: [String: File]
    /// Every setting that holds here, wherever it is set, as one digest.
    package var settings: String
    /// Paths whose changes git was told not to see (assume-unchanged, skip-worktree).
    package var hidden: [String]

    /// One thing that is not as it was.
    package struct Difference: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable, CaseIterable {
            case branch, head, operation, reference, file, settings, hidden
        }

        package var kind: Kind
        /// The file, the reference or the commit.
        package var name: String
    }

    /// Commits at which `later` has HEAD or the branch, and that nothing else would name once both are where they were.
    package func commitsToKeep(in later: GitDirectoryState) -> [String] {
        let own = "refs/heads/\(branch ?? "")"
        let named = Set(later.references.filter { $0.key != own }.values)
        let tips = [later.head] + [later.references[own]].compactMap(\.self)
        return Set(tips).subtracting(named).subtracting([head]).sorted()
    }

    /// What `later` has changed, in a fixed order.
    package func differences(to later: GitDirectoryState) -> [Difference] {
        var found: [Difference] = []
        if branch != later.branch { found.append(.init(kind: .branch, name: later.branch ?? "a detached HEAD")) }
        if head != later.head { found.append(.init(kind: .head, name: later.head)) }
        if operation != later.operation {
            found.append(.init(kind: .operation, name: later.operation ?? "the end of \(operation ?? "none")"))
        }
        for name in Set(references.keys).union(later.references.keys).sorted()
        where references[name] != later.references[name] && name != "refs/heads/\(branch ?? "")" {
            found.append(.init(kind: .reference, name: name))
        }
        for name in Set(files.keys).union(later.files.keys).sorted() where files[name] != later.files[name] {
            found.append(.init(kind: .file, name: name))
        }
        // A file above says it already.
        if settings != later.settings, files["config"] == later.files["config"],
            files["config.worktree"] == later.files["config.worktree"]
        {
            found.append(.init(kind: .settings, name: "git config --list --show-origin"))
        }
        for path in Set(later.hidden).subtracting(hidden).sorted() {
            found.append(.init(kind: .hidden, name: path))
        }
        return found
    }
}
