import Clibgit2

extension OpenRepository {
    private static let kept = "refs/stagectl/kept/"
    private static let mostKept = 1000

    /// Gives a commit a name that is no branch and no tag, so that it stays when its branch moves away from it. The same
    /// commit keeps the name that it has; another one under a taken name gets `NAME-2` and so on.
    /// - Returns: the reference, full.
    func keep(_ commit: String, as name: String) throws(SourceControlError) -> String {
        guard var id = git_oid(full: commit) else { throw .noSuchCommit(commit) }
        for number in 1...Self.mostKept {
            let full = Self.kept + name + (number == 1 ? "" : "-\(number)")
            var isValid: Int32 = 0
            try GitLibrary.check(git_reference_name_is_valid(&isValid, full))
            guard isValid == 1 else { throw .invalidBranchName(full) }
            var there = git_oid()
            if git_reference_name_to_id(&there, pointer, full) == 0 {
                if there.hex == id.hex { return full }
                continue
            }
            var reference: OpaquePointer?
            defer { git_reference_free(reference) }
            let code = git_reference_create(&reference, pointer, full, &id, 0, "stagectl: kept")
            if code == GIT_EEXISTS.rawValue { continue }
            try checkWritten(code, lock: commonFolder + "/\(full).lock")
            return full
        }
        throw .branchExists(name: Self.kept + name, commit: commit)
    }
}
