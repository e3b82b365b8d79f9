import Clibgit2

extension OpenRepository {
    // What a judge reads of a change, at most; a patch has all of it.
    private static let keptLines = 50_000
    private static let keptLineBytes = 64 << 10

    /// The work tree against a commit. Stores what it finds (objects without a name, which git clears away in time), so
    /// that exactly what was looked at can be committed.
    func difference(
        from base: String, largest: Int = largestFile
    ) throws(SourceControlError) -> TreeDifference {
        try withTree(of: base) { _, tree throws(SourceControlError) in
            let (index, staged) = try stageWorkTree(over: tree, largest: largest)
            git_index_free(index)
            return try difference(from: tree, named: base, to: staged)
        }
    }

    func difference(
        from tree: OpaquePointer, named base: String, to staged: StagedTree
    ) throws(SourceControlError) -> TreeDifference {
        var id = staged.id
        var changed: OpaquePointer?
        try GitLibrary.check(git_tree_lookup(&changed, pointer, &id))
        defer { git_tree_free(changed) }

        let readable = try diff(tree, changed, flags: GIT_DIFF_FORCE_TEXT.rawValue)
        defer { git_diff_free(readable) }
        var result = TreeDifference(
            base: base, tree: staged.id.hex, files: [], identity: "", patch: [], nested: staged.nested, isCut: false)
        var identity: [UInt8] = []
        var room = Self.keptLines
        for index in 0..<git_diff_num_deltas(readable) {
            guard let delta = git_diff_get_delta(readable, index)?.pointee, var file = FileDifference(delta) else {
                continue
            }
            let old = try content(of: delta.old_file), new = try content(of: delta.new_file)
            file.bytes = new.bytes
            file.isBinary = old.isBinary || new.isBinary
            file.linkTarget = delta.new_file.mode == UInt16(GIT_FILEMODE_LINK.rawValue) ? new.text : nil
            identity += file.heading
            if file.isBinary || file.isSubmodule {
                identity += Array((delta.old_file.id.hex + delta.new_file.id.hex + "\n").utf8)
            } else {
                try read(index, of: readable, into: &file, identity: &identity, room: &room, &result.isCut)
            }
            result.files.append(file)
        }
        result.files.sort { $0.path < $1.path }
        var hash = git_oid()
        try GitLibrary.check(git_odb_hash(&hash, identity, identity.count, GIT_OBJECT_BLOB))
        result.identity = hash.hex
        result.patch = try patch(from: tree, to: changed)
        return result
    }

    private func patch(from tree: OpaquePointer, to changed: OpaquePointer?) throws(SourceControlError) -> [UInt8] {
        let whole = try diff(tree, changed, flags: GIT_DIFF_SHOW_BINARY.rawValue)
        defer { git_diff_free(whole) }
        var buffer = git_buf()
        defer { git_buf_dispose(&buffer) }
        try GitLibrary.check(git_diff_to_buf(&buffer, whole, GIT_DIFF_FORMAT_PATCH))
        guard let start = buffer.ptr, buffer.size > 0 else { return [] }
        return UnsafeBufferPointer(start: start, count: buffer.size).map { UInt8(bitPattern: $0) }
    }

    private func diff(
        _ old: OpaquePointer, _ new: OpaquePointer?, flags: UInt32
    ) throws(SourceControlError) -> OpaquePointer? {
        var options = git_diff_options()
        try GitLibrary.check(git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)))
        options.flags = flags | GIT_DIFF_INCLUDE_TYPECHANGE.rawValue
        options.id_abbrev = 40
        stagectl_git_usual_prefixes(&options)
        var diff: OpaquePointer?
        try GitLibrary.check(git_diff_tree_to_tree(&diff, pointer, old, new, &options))
        var similar = git_diff_find_options()
        var code = git_diff_find_options_init(&similar, UInt32(GIT_DIFF_FIND_OPTIONS_VERSION))
        similar.flags = GIT_DIFF_FIND_RENAMES.rawValue
        if code >= 0 { code = git_diff_find_similar(diff, &similar) }
        guard code >= 0 else {
            git_diff_free(diff)
            throw GitLibrary.error(code)
        }
        return diff
    }

    private func read(
        _ index: Int, of diff: OpaquePointer?, into file: inout FileDifference, identity: inout [UInt8],
        room: inout Int, _ isCut: inout Bool
    ) throws(SourceControlError) {
        var patch: OpaquePointer?
        try GitLibrary.check(git_patch_from_diff(&patch, diff, index))
        defer { git_patch_free(patch) }
        // A mode alone has no lines.
        guard patch != nil else { return }
        for hunk in 0..<git_patch_num_hunks(patch) {
            for number in 0..<max(0, Int(git_patch_num_lines_in_hunk(patch, hunk))) {
                var pointer: UnsafePointer<git_diff_line>?
                try GitLibrary.check(git_patch_get_line_in_hunk(&pointer, patch, hunk, number))
                guard let line = pointer?.pointee, let content = line.content else { continue }
                let isAdded = UInt8(bitPattern: line.origin) == UInt8(ascii: "+")
                guard isAdded || UInt8(bitPattern: line.origin) == UInt8(ascii: "-") else { continue }
                let bytes = UnsafeBufferPointer(start: content, count: line.content_len).map { UInt8(bitPattern: $0) }
                identity += [UInt8(bitPattern: line.origin)] + bytes
                if isAdded { file.added += 1 } else { file.removed += 1 }
                if room <= 0 || bytes.count > Self.keptLineBytes { isCut = true }
                guard room > 0 else { continue }
                room -= 1
                let text = String(decoding: bytes.prefix(Self.keptLineBytes), as: UTF8.self)
                let kept = FileDifference.Line(
                    number: Int(isAdded ? line.new_lineno : line.old_lineno), text: text.withoutLineEnd)
                if isAdded { file.addedLines.append(kept) } else { file.removedLines.append(kept) }
            }
        }
    }

    private func content(
        of file: git_diff_file
    ) throws(SourceControlError) -> (bytes: Int, isBinary: Bool, text: String?) {
        var id = file.id
        // A side that is not there, or a submodule, whose commit is in another repository.
        guard git_oid_is_zero(&id) == 0, file.mode != UInt16(GIT_FILEMODE_COMMIT.rawValue) else {
            return (0, false, nil)
        }
        var blob: OpaquePointer?
        try GitLibrary.check(git_blob_lookup(&blob, pointer, &id))
        defer { git_blob_free(blob) }
        let size = Int(git_blob_rawsize(blob))
        let start = git_blob_rawcontent(blob)?.assumingMemoryBound(to: UInt8.self)
        let isLink = file.mode == UInt16(GIT_FILEMODE_LINK.rawValue)
        let text = isLink ? String(decoding: UnsafeBufferPointer(start: start, count: size), as: UTF8.self) : nil
        return (size, git_blob_is_binary(blob) == 1, text)
    }
}

extension FileDifference {
    init?(_ delta: git_diff_delta) {
        guard let path = TreePath(delta.new_file.path ?? delta.old_file.path) else { return nil }
        let kind: Kind
        switch delta.status {
        case GIT_DELTA_ADDED: kind = .added
        case GIT_DELTA_DELETED: kind = .deleted
        case GIT_DELTA_RENAMED: kind = .renamed
        case GIT_DELTA_TYPECHANGE: kind = .typeChanged
        default: kind = .modified
        }
        self.init(
            kind: kind, path: path, oldPath: kind == .renamed ? TreePath(delta.old_file.path) : nil,
            oldMode: UInt32(delta.old_file.mode), mode: UInt32(delta.new_file.mode), isBinary: false, added: 0,
            removed: 0, bytes: 0, addedLines: [], removedLines: [], linkTarget: nil)
    }

    package var isSubmodule: Bool { mode == 0o160000 || oldMode == 0o160000 }

    fileprivate var heading: [UInt8] {
        Array("\(kind.rawValue) \(String(oldMode, radix: 8)) \(String(mode, radix: 8)) ".utf8)
            + (oldPath?.bytes ?? []) + [0] + path.bytes + [0]
    }
}

extension String {
    fileprivate var withoutLineEnd: String {
        // `\r\n` is one Character.
        guard let last, last == "\n" || last == "\r\n" else { return self }
        return String(dropLast())
    }
}
