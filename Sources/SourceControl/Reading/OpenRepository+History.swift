import Clibgit2

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension OpenRepository {
    func relation(of commit: String, to other: String) throws(SourceControlError) -> GitRelation {
        guard var one = git_oid(full: commit), var two = git_oid(full: other) else { return .unknown }
        guard hasCommit(one), hasCommit(two) else { return .unknown }
        if git_oid_equal(&one, &two) == 1 { return .same }

        // History that ends early makes "no common commit" and "not an ancestor" mean nothing, and libgit2 1.5 stops
        // with an error at a parent that is not there: walk it by hand, as far as it goes.
        if isShallow {
            if reaches(one, from: two) { return .ancestor }
            return reaches(two, from: one) ? .descendant : .unknown
        }
        var base = git_oid()
        let code = git_merge_base(&base, pointer, &one, &two)
        if code == GIT_ENOTFOUND.rawValue { return .diverged }
        try GitLibrary.check(code)
        if git_oid_equal(&base, &one) == 1 { return .ancestor }
        return git_oid_equal(&base, &two) == 1 ? .descendant : .diverged
    }

    func subjects(from: String, to: String, limit: Int) throws(SourceControlError) -> [CommitSubject] {
        guard var start = git_oid(full: to), var end = git_oid(full: from), hasCommit(start), hasCommit(end) else {
            return []
        }
        var walk: OpaquePointer?
        try GitLibrary.check(git_revwalk_new(&walk, pointer))
        defer { git_revwalk_free(walk) }
        try GitLibrary.check(git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL.rawValue | GIT_SORT_TIME.rawValue))
        try GitLibrary.check(git_revwalk_push(walk, &start))
        try GitLibrary.check(git_revwalk_hide(walk, &end))

        var subjects: [CommitSubject] = []
        var id = git_oid()
        // Any code but 0 ends the walk: the end of history, or the edge of a shallow clone.
        while subjects.count < limit, git_revwalk_next(&id, walk) == 0 {
            var commit: OpaquePointer?
            guard git_commit_lookup(&commit, pointer, &id) == 0, let commit else { break }
            defer { git_commit_free(commit) }
            subjects.append(CommitSubject(commit: id.hex, subject: Self.subject(of: commit)))
        }
        return subjects
    }

    private func hasCommit(_ id: git_oid) -> Bool {
        var id = id
        var commit: OpaquePointer?
        defer { git_commit_free(commit) }
        return git_commit_lookup(&commit, pointer, &id) == 0
    }

    /// Whether the walk from `start` along all parents that are here comes to `target`.
    private func reaches(_ target: git_oid, from start: git_oid) -> Bool {
        var seen: Set<String> = []
        var pending = [start]
        let wanted = target.hex
        while var id = pending.popLast() {
            let hex = id.hex
            if hex == wanted { return true }
            guard seen.insert(hex).inserted else { continue }
            var commit: OpaquePointer?
            guard git_commit_lookup(&commit, pointer, &id) == 0, let commit else { continue }
            defer { git_commit_free(commit) }
            for index in 0..<git_commit_parentcount(commit) {
                if let parent = git_commit_parent_id(commit, index) { pending.append(parent.pointee) }
            }
        }
        return false
    }

    /// libgit2 1.5 looks for the `shallow` file in a worktree's own folder; git keeps it in the common one.
    private var isShallow: Bool {
        if git_repository_is_shallow(pointer) == 1 { return true }
        guard let common = git_repository_commondir(pointer) else { return false }
        return access(String(cString: common) + "/shallow", R_OK) == 0
    }
}
