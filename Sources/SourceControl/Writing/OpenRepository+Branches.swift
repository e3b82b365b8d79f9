import Clibgit2

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension OpenRepository {
    /// Makes the branch at HEAD's commit, if it is not there yet, and lets HEAD name it. Content and index stay as they
    /// are, so one reference is all that is written.
    func switchToBranch(_ name: String, at commit: String) throws(SourceControlError) {
        var isValid: Int32 = 0
        try GitLibrary.check(git_branch_name_is_valid(&isValid, name))
        guard isValid == 1, !name.utf8.contains(0) else { throw .invalidBranchName(name) }
        try expectHead(at: commit)
        try withTree(of: commit) { found, _ throws(SourceControlError) in
            var branch: OpaquePointer?
            defer { git_reference_free(branch) }
            let code = git_branch_create(&branch, pointer, name, found, 0)
            if code == GIT_EEXISTS.rawValue {
                try takeOver(name, at: commit)
            } else {
                try checkWritten(code, lock: commonFolder + "/\(Self.branches)\(name).lock")
            }
            let full = Self.branches + name
            let headCode = git_repository_set_head(pointer, full)
            try checkWritten(headCode, lock: gitFolder + "/HEAD.lock")
        }
    }

    /// A branch that is there already will do where it is at the same commit and nobody else's.
    private func takeOver(_ name: String, at commit: String) throws(SourceControlError) {
        var branch: OpaquePointer?
        try GitLibrary.check(git_branch_lookup(&branch, pointer, name, GIT_BRANCH_LOCAL))
        defer { git_reference_free(branch) }
        var id = git_oid()
        try GitLibrary.check(git_reference_name_to_id(&id, pointer, Self.branches + name))
        guard id.hex == commit.lowercased() else { throw .branchExists(name: name, commit: id.hex) }
        guard try headBranch() == name || git_branch_is_checked_out(branch) != 1 else {
            throw .branchInUse(name: name)
        }
    }

    func expectHead(at commit: String) throws(SourceControlError) {
        guard let head = try headCommit() else { throw .noCommits }
        guard head.hex == commit.lowercased() else { throw .headMoved(expected: commit, found: head.hex) }
    }

    // MARK: Locks

    /// Of this work tree: HEAD and index are here.
    var gitFolder: String { Self.folder(git_repository_path(pointer)) }
    /// Of all work trees: references, configuration and hooks are here.
    var commonFolder: String { Self.folder(git_repository_commondir(pointer)) }

    private static func folder(_ path: UnsafePointer<CChar>?) -> String {
        let text = path.map { String(cString: $0) } ?? ""
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    // An editor's own `git status` holds the index for milliseconds.
    private static let lockPatience = 60
    private static let lockInterval: UInt32 = 50_000

    /// Waits up to 3 s for the lock file to go away. It is never removed: nobody can tell one that a killed process has
    /// left from one that is held.
    func waitForLock(_ path: String) throws(SourceControlError) {
        guard goesAway(path) else { throw .locked(path: path) }
    }

    /// The same for a reference that is one process's own: whoever takes its work up knows that the process is gone. A
    /// reference is locked for microseconds, unlike an index, which an open editor holds.
    func outwaitLock(_ path: String) {
        if !goesAway(path) { unlink(path) }
    }

    private func goesAway(_ path: String) -> Bool {
        for _ in 0..<Self.lockPatience {
            guard access(path, F_OK) == 0 else { return true }
            usleep(Self.lockInterval)
        }
        return false
    }

    var indexLock: String { gitFolder + "/index.lock" }

    func checkWritten(_ code: Int32, lock: String) throws(SourceControlError) {
        if code == GIT_ELOCKED.rawValue { throw .locked(path: lock) }
        try GitLibrary.check(code)
    }
}
