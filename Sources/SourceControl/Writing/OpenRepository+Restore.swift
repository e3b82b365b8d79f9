import Clibgit2

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension OpenRepository {
    /// Puts HEAD, its branch, the work tree and the index back to `commit`, after everything that differs is written
    /// to `file` as a patch. Ignored files and repositories inside this one stay as they are.
    /// - Returns: what was put back.
    func restore(
        to commit: String, branch: String?, keepingPatchIn file: String?
    ) throws(SourceControlError) -> TreeDifference {
        // Whatever its size: what is put back is kept.
        let difference = try difference(from: commit, largest: .max)
        try waitForLock(indexLock)
        if let file, !difference.files.isEmpty {
            try KeptFile.write(difference.patch, to: file)
        }
        try putHeadBack(to: commit, branch: branch)
        try withTree(of: commit) { _, tree throws(SourceControlError) in
            for change in difference.files where change.kind == .added || change.kind == .renamed {
                try removeFile(change.path)
            }
            for change in difference.files where change.kind == .typeChanged {
                // A link to a folder would be followed by whatever is written below its name.
                try removeFile(change.path)
            }
            let paths = difference.files.filter { $0.kind != .added && !$0.isSubmodule }
                .map { $0.oldPath ?? $0.path }
            if !paths.isEmpty { try checkOut(tree, paths: paths) }
        }
        try settleIndex(at: commit)
        let left = try self.difference(from: commit, largest: .max).files.filter { !$0.isSubmodule }
        guard left.isEmpty else { throw .notRestored(left.map(\.path.text)) }
        return difference
    }

    private func putHeadBack(to commit: String, branch: String?) throws(SourceControlError) {
        guard var id = git_oid(full: commit) else { throw .noSuchCommit(commit) }
        if git_repository_state(pointer) != Int32(GIT_REPOSITORY_STATE_NONE.rawValue) {
            try GitLibrary.check(git_repository_state_cleanup(pointer))
        }
        guard let branch else {
            let (named, head) = (try headBranch(), try headCommit()?.hex)
            guard named != nil || head != commit else { return }
            return try checkWritten(git_repository_set_head_detached(pointer, &id), lock: gitFolder + "/HEAD.lock")
        }
        let full = Self.branches + branch
        var at = git_oid()
        if git_reference_name_to_id(&at, pointer, full) != 0 || at.hex != commit {
            var reference: OpaquePointer?
            defer { git_reference_free(reference) }
            let code = git_reference_create(&reference, pointer, full, &id, 1, "stagectl: put back")
            try checkWritten(code, lock: commonFolder + "/\(full).lock")
        }
        guard try headBranch() != branch else { return }
        try checkWritten(git_repository_set_head(pointer, full), lock: gitFolder + "/HEAD.lock")
    }

    private func checkOut(_ tree: OpaquePointer, paths: [TreePath]) throws(SourceControlError) {
        var options = git_checkout_options()
        try GitLibrary.check(git_checkout_options_init(&options, UInt32(GIT_CHECKOUT_OPTIONS_VERSION)))
        options.checkout_strategy =
            GIT_CHECKOUT_FORCE.rawValue | GIT_CHECKOUT_DISABLE_PATHSPEC_MATCH.rawValue
        var names: [UnsafeMutablePointer<CChar>?] = paths.map { strdup($0.cString) }
        defer { names.forEach { free($0) } }
        let code = names.withUnsafeMutableBufferPointer { buffer in
            options.paths = git_strarray(strings: buffer.baseAddress, count: buffer.count)
            return git_checkout_tree(pointer, tree, &options)
        }
        try checkWritten(code, lock: indexLock)
    }

    /// And the folders that are empty without it.
    private func removeFile(_ path: TreePath) throws(SourceControlError) {
        switch WorkTreeFile.at(path.bytes, below: workTree) {
        case .file, .link, .other: break
        case .absent, .folder: return
        }
        let full = workTree + "/"
        var bytes = Array(full.utf8) + path.bytes
        guard unlink(TreePath(bytes: bytes).cString) == 0 else {
            throw .cannotWrite(path: path.text, reason: KeptFile.reason(errno))
        }
        while let slash = bytes.lastIndex(of: UInt8(ascii: "/")), slash > full.utf8.count {
            bytes = Array(bytes[..<slash])
            guard rmdir(TreePath(bytes: bytes).cString) == 0 else { return }
        }
    }
}

/// A file that appears whole or not at all, and only for its owner.
enum KeptFile {
    static func write(_ bytes: [UInt8], to path: String) throws(SourceControlError) {
        let temporary = path + ".part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: reason(errno)) }
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                #else
                Darwin.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .cannotWrite(path: path, reason: reason(errno)) }
            offset += count
        }
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw .cannotWrite(path: path, reason: reason(errno))
        }
    }

    static func reason(_ code: Int32) -> String {
        var text = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
    }
}
