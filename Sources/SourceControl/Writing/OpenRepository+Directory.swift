import Clibgit2

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension OpenRepository {
    private static let keptFile = 1 << 20
    private static let mostFiles = 1000
    private static let watchedFolders = ["info", "hooks"]
    private static let watchedFiles = ["config", "config.worktree"]

    func directoryState() throws(SourceControlError) -> GitDirectoryState {
        guard let head = try headCommit() else { throw .noCommits }
        return GitDirectoryState(
            branch: try headBranch(), head: head.hex, operation: workingTreeOperation()?.rawValue,
            references: try ownReferences(), files: try watchedContent(), settings: try settingsDigest(),
            hidden: try hiddenPaths())
    }

    private func ownReferences() throws(SourceControlError) -> [String: String] {
        var iterator: OpaquePointer?
        try GitLibrary.check(git_reference_iterator_new(&iterator, pointer))
        defer { git_reference_iterator_free(iterator) }
        var references: [String: String] = [:]
        var reference: OpaquePointer?
        while git_reference_next(&reference, iterator) == 0 {
            defer { git_reference_free(reference) }
            guard let name = git_reference_name(reference).map({ String(cString: $0) }),
                !name.hasPrefix("refs/remotes/")
            else { continue }
            references[name] =
                git_reference_target(reference)?.pointee.hex
                ?? git_reference_symbolic_target(reference).map { String(cString: $0) } ?? ""
        }
        return references
    }

    private func watchedContent() throws(SourceControlError) -> [String: GitDirectoryState.File] {
        var names = Self.watchedFiles
        for folder in Self.watchedFolders { names += Self.names(below: folder, in: commonFolder) }
        var files: [String: GitDirectoryState.File] = [:]
        for name in names.prefix(Self.mostFiles) {
            // Of a linked work tree this one file is its own.
            let folder = name == "config.worktree" ? gitFolder : commonFolder
            files[name] = try Self.file("\(folder)/\(name)")
        }
        return files
    }

    private static func file(_ path: String) throws(SourceControlError) -> GitDirectoryState.File? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        let mode = UInt32(status.st_mode & 0o7777)
        guard let bytes = FileBytes.read(path, limit: keptFile) else {
            // A link, or large: what tells it from another one will do.
            let marks = "\(status.st_mode) \(status.st_size) \(status.st_ino) \(modified(status))"
            return .init(mode: mode, content: nil, digest: marks)
        }
        var id = git_oid()
        try GitLibrary.check(git_odb_hash(&id, bytes, bytes.count, GIT_OBJECT_BLOB))
        return .init(mode: mode, content: bytes, digest: id.hex)
    }

    private static func modified(_ status: stat) -> String {
        #if canImport(Glibc)
        "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        #else
        "\(status.st_mtimespec.tv_sec).\(status.st_mtimespec.tv_nsec)"
        #endif
    }

    private static func names(below folder: String, in top: String) -> [String] {
        guard let stream = opendir("\(top)/\(folder)") else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream), found.count < mostFiles {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            guard lstat("\(top)/\(folder)/\(name)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                // A folder of hooks that a hook calls; deeper than that nobody nests them.
                if folder.split(separator: "/").count < 4 { found += names(below: "\(folder)/\(name)", in: top) }
            } else {
                found.append("\(folder)/\(name)")
            }
        }
        return found.sorted()
    }

    private func settingsDigest() throws(SourceControlError) -> String {
        var settings: OpaquePointer?
        try GitLibrary.check(git_repository_config_snapshot(&settings, pointer))
        defer { git_config_free(settings) }
        var iterator: OpaquePointer?
        try GitLibrary.check(git_config_iterator_new(&iterator, settings))
        defer { git_config_iterator_free(iterator) }
        var material: [UInt8] = []
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, iterator) == 0, let found = entry?.pointee {
            let name = found.name.map { String(cString: $0) } ?? ""
            let value = found.value.map { String(cString: $0) } ?? ""
            material += Array("\(name)=\(value)".utf8) + [0]
        }
        var id = git_oid()
        try GitLibrary.check(git_odb_hash(&id, material, material.count, GIT_OBJECT_BLOB))
        return id.hex
    }

    private func hiddenPaths() throws(SourceControlError) -> [String] {
        var index: OpaquePointer?
        try GitLibrary.check(git_repository_index(&index, pointer))
        defer { git_index_free(index) }
        var hidden: [String] = []
        for number in 0..<git_index_entrycount(index) {
            guard let entry = git_index_get_byindex(index, number)?.pointee, let path = TreePath(entry.path) else {
                continue
            }
            let assumed = entry.flags & UInt16(GIT_INDEX_ENTRY_VALID.rawValue) != 0
            let skipped = entry.flags_extended & UInt16(GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue) != 0
            if assumed || skipped { hidden.append(path.text) }
        }
        return hidden
    }

    /// Writes the files back as they were, and removes those that were not there. HEAD and branch go back with
    /// `restore`; other references are left to a person, since someone else may have moved them.
    func putBack(_ before: GitDirectoryState) throws(SourceControlError) {
        let now = try watchedContent()
        for name in Set(before.files.keys).union(now.keys).sorted() where before.files[name] != now[name] {
            let path = "\(name == "config.worktree" ? gitFolder : commonFolder)/\(name)"
            guard let file = before.files[name] else {
                guard unlink(path) == 0 || errno == ENOENT else {
                    throw .cannotWrite(path: path, reason: KeptFile.reason(errno))
                }
                continue
            }
            guard let content = file.content else { throw .notRestored([".git/\(name)"]) }
            if now[name]?.content == nil { unlink(path) }
            for folder in Self.folders(above: name) { mkdir("\(commonFolder)/\(folder)", 0o777) }
            try KeptFile.write(content, to: path)
            guard chmod(path, mode_t(file.mode)) == 0 else {
                throw .cannotWrite(path: path, reason: KeptFile.reason(errno))
            }
        }
    }

    private static func folders(above name: String) -> [String] {
        let parts = name.split(separator: "/").dropLast()
        return parts.indices.map { parts[...$0].joined(separator: "/") }
    }
}
