import Clibgit2

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One path of libgit2's status list, with what is needed to find its content.
struct PathStatus {
    /// Where the content of the path is now.
    enum Content {
        case absent
        /// Known to git already: HEAD or the index holds it.
        case stored(git_oid, mode: UInt32)
        /// Only the work tree has it.
        case workTree(mode: UInt32)
    }

    /// Bytes, not text: names in git need not be UTF-8, and two spellings of `é` are two files.
    var path: [UInt8]
    var flags: UInt32
    var content: Content
}

extension OpenRepository {
    /// Visits the status of every path under the given ones (all when empty), taken literally, in order of path.
    func forEachStatus(
        flags: UInt32, under paths: [[UInt8]],
        _ visit: (PathStatus) throws(SourceControlError) -> Void
    ) throws(SourceControlError) {
        var options = git_status_options()
        try GitLibrary.check(git_status_options_init(&options, UInt32(GIT_STATUS_OPTIONS_VERSION)))
        options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR
        options.flags =
            flags | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH.rawValue
            | GIT_STATUS_OPT_SORT_CASE_SENSITIVELY.rawValue

        var names: [UnsafeMutablePointer<CChar>?] = paths.map { path in
            strdup(path.map { CChar(bitPattern: $0) } + [0])
        }
        defer { names.forEach { free($0) } }

        var list: OpaquePointer?
        let code = names.withUnsafeMutableBufferPointer { buffer in
            options.pathspec = git_strarray(strings: buffer.baseAddress, count: buffer.count)
            return git_status_list_new(&list, pointer, &options)
        }
        try GitLibrary.check(code)
        defer { git_status_list_free(list) }

        for index in 0..<git_status_list_entrycount(list) {
            guard let entry = git_status_byindex(list, index)?.pointee, let status = PathStatus(entry) else { continue }
            try visit(status)
        }
    }
}

extension PathStatus {
    init?(_ entry: git_status_entry) {
        guard let delta = (entry.index_to_workdir ?? entry.head_to_index)?.pointee,
            let name = delta.new_file.path ?? delta.old_file.path
        else { return nil }
        path = UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }
        flags = entry.status.rawValue

        let mode = UInt32(delta.new_file.mode)
        switch delta.status {
        case GIT_DELTA_DELETED:
            content = .absent
        case GIT_DELTA_UNMODIFIED:
            // The work tree's side carries no id where the index vouches for it by its time stamp.
            content = .stored(delta.old_file.id, mode: UInt32(delta.old_file.mode))
        default:
            // Without a work tree's side, index and work tree agree and the index has the content.
            content = entry.index_to_workdir == nil ? .stored(delta.new_file.id, mode: mode) : .workTree(mode: mode)
        }
    }
}
