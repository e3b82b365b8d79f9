import Clibgit2

/// The content of a work tree as a stored tree.
struct StagedTree {
    var id: git_oid
    var nested: [TreePath]
}

extension OpenRepository {
    /// Larger than any hosting service takes (GitHub refuses files from 100 MB on).
    static let largestFile = 100 << 20

    /// Reads HEAD's tree into this repository's index in memory and adds what the work tree has. The index file is
    /// neither believed (whoever can write it could hide a change behind its time stamps or its flags) nor written,
    /// unless the caller does so.
    func stageWorkTree(
        over tree: OpaquePointer, largest: Int = largestFile
    ) throws(SourceControlError) -> (index: OpaquePointer, staged: StagedTree) {
        var opened: OpaquePointer?
        try GitLibrary.check(git_repository_index(&opened, pointer))
        guard let index = opened else { throw GitLibrary.error(GIT_ERROR.rawValue) }
        do throws(SourceControlError) {
            try GitLibrary.check(git_index_read_tree(index, tree))
            var nested: [TreePath] = []
            for changed in try pathsThatDiffer(from: tree) {
                try stage(changed, in: index, largest: largest, nested: &nested)
            }
            var id = git_oid()
            try GitLibrary.check(git_index_write_tree(&id, index))
            return (index, StagedTree(id: id, nested: nested))
        } catch {
            git_index_free(index)
            throw error
        }
    }

    private struct DifferingPath {
        var path: TreePath
        var isSubmodule: Bool
    }

    /// Compared by content: libgit2 takes no time stamp of the index for an answer when a tree is the other side.
    private func pathsThatDiffer(from tree: OpaquePointer) throws(SourceControlError) -> [DifferingPath] {
        var options = git_diff_options()
        try GitLibrary.check(git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)))
        options.flags =
            GIT_DIFF_INCLUDE_UNTRACKED.rawValue | GIT_DIFF_RECURSE_UNTRACKED_DIRS.rawValue
            | GIT_DIFF_INCLUDE_TYPECHANGE.rawValue | GIT_DIFF_INCLUDE_TYPECHANGE_TREES.rawValue
            | GIT_DIFF_INCLUDE_UNREADABLE.rawValue
        var diff: OpaquePointer?
        try GitLibrary.check(git_diff_tree_to_workdir(&diff, pointer, tree, &options))
        defer { git_diff_free(diff) }
        var found: [DifferingPath] = []
        for index in 0..<git_diff_num_deltas(diff) {
            guard let delta = git_diff_get_delta(diff, index)?.pointee else { continue }
            let submodule = UInt16(GIT_FILEMODE_COMMIT.rawValue)
            let isSubmodule = delta.new_file.mode == submodule || delta.old_file.mode == submodule
            for name in [delta.old_file.path, delta.new_file.path] {
                guard let path = TreePath(name), found.last?.path != path else { continue }
                found.append(DifferingPath(path: path, isSubmodule: isSubmodule))
            }
        }
        return found
    }

    private func stage(
        _ changed: DifferingPath, in index: OpaquePointer, largest: Int, nested: inout [TreePath]
    ) throws(SourceControlError) {
        let path = changed.path
        switch WorkTreeFile.at(path.bytes, below: workTree) {
        case .file(let bytes) where bytes > largest:
            throw .fileTooLarge(path: path.text, bytes: bytes)
        case .file, .link:
            try GitLibrary.check(git_index_add_bypath(index, path.cString))
        case .folder where path.bytes.last == UInt8(ascii: "/"):
            nested.append(path)
        case .folder where changed.isSubmodule && git_index_get_bypath(index, path.cString, 0) != nil:
            try GitLibrary.check(git_index_add_bypath(index, path.cString))
        case .absent, .folder, .other:
            let code = git_index_remove(index, path.cString, 0)
            if code != GIT_ENOTFOUND.rawValue { try GitLibrary.check(code) }
        }
    }
}

extension TreePath {
    init?(_ name: UnsafePointer<CChar>?) {
        guard let name else { return nil }
        self.init(bytes: UnsafeBufferPointer(start: name, count: strlenOf(name)).map { UInt8(bitPattern: $0) })
    }
}

private func strlenOf(_ name: UnsafePointer<CChar>) -> Int {
    var count = 0
    while name[count] != 0 { count += 1 }
    return count
}
