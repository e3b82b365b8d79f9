import Clibgit2

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension OpenRepository {
    /// Puts a commit's files into an empty folder (made where it is not there). The folder is a repository of its own
    /// whose HEAD is that commit and which borrows this one's objects, so that what is built there knows its commit and
    /// nothing of it shows here: no work tree, no branch. Submodules stay empty.
    func checkOut(_ commit: String, into folder: String) throws(SourceControlError) {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST, Self.isEmptyFolder(folder) else {
            throw .folderNotEmpty(folder)
        }
        guard var id = git_oid(full: commit) else { throw .noSuchCommit(commit) }
        try withTree(of: commit) { _, _ in () }

        var made: OpaquePointer?
        try GitLibrary.check(git_repository_init(&made, folder, 0))
        git_repository_free(made)
        let objects = commonFolder + "/objects\n"
        try KeptFile.write(Array(objects.utf8), to: folder + "/.git/objects/info/alternates")
        if access(commonFolder + "/shallow", R_OK) == 0 {
            try Self.copy(commonFolder + "/shallow", to: folder + "/.git/shallow")
        }
        let copy = try OpenRepository(workTree: folder)
        try copyLineEnds(to: copy)
        try GitLibrary.check(git_repository_set_head_detached(copy.pointer, &id))
        try copy.withTree(of: commit) { _, tree throws(SourceControlError) in
            var options = git_checkout_options()
            try GitLibrary.check(git_checkout_options_init(&options, UInt32(GIT_CHECKOUT_OPTIONS_VERSION)))
            options.checkout_strategy = GIT_CHECKOUT_FORCE.rawValue
            try GitLibrary.check(git_checkout_tree(copy.pointer, tree, &options))
        }
    }

    /// What decides how a file of this repository looks in a work tree and is set for it alone.
    private func copyLineEnds(to copy: OpenRepository) throws(SourceControlError) {
        var own: OpaquePointer?
        var other: OpaquePointer?
        try GitLibrary.check(git_repository_config_snapshot(&own, pointer))
        defer { git_config_free(own) }
        try GitLibrary.check(git_repository_config(&other, copy.pointer))
        defer { git_config_free(other) }
        for name in ["core.autocrlf", "core.eol"] {
            var value: UnsafePointer<CChar>?
            guard git_config_get_string(&value, own, name) == 0 else { continue }
            try GitLibrary.check(git_config_set_string(other, name, value))
        }
    }

    private static func isEmptyFolder(_ path: String) -> Bool {
        guard let folder = opendir(path) else { return false }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return count <= 2
    }

    private static func copy(_ path: String, to other: String) throws(SourceControlError) {
        guard let bytes = FileBytes.read(path, limit: 16 << 20) else {
            throw .cannotWrite(path: other, reason: "`\(path)` cannot be read")
        }
        try KeptFile.write(bytes, to: other)
    }

    /// What `to` has and `from` has not along first parents, oldest first: what changed from one release to the next as
    /// whoever merged saw it. Nil where one of the two is not here or `from` is no ancestor of `to`.
    func firstParents(from: String, to: String) throws(SourceControlError) -> [CommitSubject]? {
        let relation = try relation(of: from, to: to)
        if relation == .same { return [] }
        guard relation == .ancestor, var start = git_oid(full: to), var end = git_oid(full: from) else { return nil }
        var walk: OpaquePointer?
        try GitLibrary.check(git_revwalk_new(&walk, pointer))
        defer { git_revwalk_free(walk) }
        try GitLibrary.check(git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL.rawValue))
        try GitLibrary.check(git_revwalk_simplify_first_parent(walk))
        try GitLibrary.check(git_revwalk_push(walk, &start))
        try GitLibrary.check(git_revwalk_hide(walk, &end))
        var subjects: [CommitSubject] = []
        var id = git_oid()
        while git_revwalk_next(&id, walk) == 0 {
            var commit: OpaquePointer?
            guard git_commit_lookup(&commit, pointer, &id) == 0, let commit else { break }
            defer { git_commit_free(commit) }
            subjects.append(CommitSubject(commit: id.hex, subject: Self.subject(of: commit)))
        }
        return subjects.reversed()
    }
}

enum FileBytes {
    /// Nil where it is not a plain file, larger than the limit, or not readable.
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            return nil
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            #else
            let count = Darwin.read(descriptor, &chunk, chunk.count)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += chunk[..<count]
        }
        return nil
    }
}
