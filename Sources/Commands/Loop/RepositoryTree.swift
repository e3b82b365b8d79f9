import Loop
import SourceControl

/// libgit2's repository as the loop wants it.
struct RepositoryTree: Sendable {
    let repository: GitRepository

    static func open(at path: String) async throws -> RepositoryTree {
        do {
            return RepositoryTree(repository: try await GitRepository.open(at: path))
        } catch {
            throw FailureLifting.lift(error)
        }
    }

    var root: String { repository.top }

    func state() async throws -> TreeState {
        try await lifting {
            let state = try await repository.workingTreeState()
            return TreeState(
                head: state.head, branch: state.branch, changes: state.changes.map(\.path),
                operation: state.operation?.rawValue)
        }
    }

    /// Everything that differs from the commit.
    func changes(since head: String) async throws -> (change: TreeChange, patch: [UInt8]) {
        try await lifting {
            let difference = try await repository.difference(from: head)
            return (TreeChange(difference), difference.patch)
        }
    }

    /// Lets HEAD name the branch, which is made where it is not there. `head` is where HEAD must be.
    func makeBranch(_ name: String, at head: String) async throws {
        try await lifting { try await repository.switchToBranch(name, at: head) }
    }

    /// `NAME <MAIL>`, from git's configuration.
    func committer() async throws -> String {
        try await lifting {
            let identity = try await repository.identity()
            return "\(identity.name) <\(identity.mail)>"
        }
    }

    /// Commits exactly the tree that was judged.
    ///
    /// - Parameter ownsBranch: nobody else commits to it.
    /// - Returns: the commit, 40 hex digits.
    func commit(
        _ tree: String, on branch: String, parent: String, message: String, ownsBranch: Bool
    ) async throws -> String {
        try await lifting {
            try await repository.commit(
                CommitOrder(branch: branch, parent: parent, tree: tree, message: message, ownsBranch: ownsBranch))
        }
    }

    /// Puts branch, files and index back; what differed is in the file first.
    func restore(to head: String, branch: String?, keepingPatchIn file: String?) async throws -> TreeChange {
        try await lifting {
            TreeChange(try await repository.restore(to: head, branch: branch, keepingPatchIn: file))
        }
    }

    /// Names the commit where no branch need hold it.
    /// - Returns: the reference's full name.
    func keep(_ commit: String, as name: String) async throws -> String {
        try await lifting { try await repository.keep(commit, as: name) }
    }

    /// The whole message of a commit.
    func message(of commit: String) async throws -> String {
        try await lifting { try await repository.message(of: commit) }
    }

    /// Lets git's index say what the commit says: for after a commit whose process was killed.
    func settle(at commit: String) async throws {
        try await lifting { try await repository.settleIndex(at: commit) }
    }

    /// A commit's files in a folder that is empty or not there.
    func checkOut(_ commit: String, into folder: String) async throws {
        try await lifting { try await repository.checkOut(commit, into: folder) }
    }

    /// What `.git` says beside its objects.
    func directoryState() async throws -> GitDirectoryState {
        try await lifting { try await repository.directoryState() }
    }

    func putBack(_ before: GitDirectoryState) async throws {
        try await lifting { try await repository.putBack(before) }
    }

    private func lifting<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as SourceControlError {
            throw FailureLifting.lift(error)
        }
    }
}

extension TreeChange {
    init(_ difference: TreeDifference) {
        self.init(
            files: difference.files.map(ChangedFile.init), tree: difference.tree, identity: difference.identity,
            nested: difference.nested.map(\.name), isCut: difference.isCut)
    }
}

extension ChangedFile {
    init(_ file: FileDifference) {
        let kind: Kind
        switch file.kind {
        case .added: kind = .added
        case .deleted: kind = .deleted
        case .renamed: kind = .renamed
        case .typeChanged: kind = .type
        case .modified: kind = file.mode != file.oldMode && file.added + file.removed == 0 ? .mode : .modified
        }
        self.init(
            file.path.name, kind, oldPath: file.oldPath?.name, added: file.added, removed: file.removed,
            isBinary: file.isBinary, isSubmodule: file.isSubmodule, bytes: file.bytes,
            addedLines: file.addedLines.map { Line($0.number, $0.text) },
            removedLines: file.removedLines.map { Line($0.number, $0.text) }, linkTarget: file.linkTarget)
    }
}
