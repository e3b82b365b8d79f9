import Clibgit2

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension OpenRepository {
    // Repositories inside repositories; deeper nesting is somebody's mistake or a loop.
    private static let nestingLimit = 8

    func digest(of paths: [String], relativeTo root: String) throws(SourceControlError) -> String {
        var bases: [[UInt8]] = []
        for path in paths {
            bases.append(try PathInRepository.resolve(path, root: root, top: workTree))
        }
        var material: [[UInt8]: [UInt8]] = [:]
        for (base, path) in zip(bases, paths) {
            let found = try lines(under: base, ignored: false, depth: 0)
            // Who names an ignored folder means it: an empty list would make every content look the same.
            let lines = found.isEmpty ? try self.lines(under: base, ignored: true, depth: 0) : found
            guard !lines.isEmpty else { throw .pathNotFound(path) }
            material.merge(lines) { first, _ in first }
        }
        return try Self.hash(material)
    }

    /// `path → mode SP id` of every file under the base, as the work tree has it now.
    private func lines(
        under base: [UInt8], ignored: Bool, depth: Int
    ) throws(SourceControlError) -> [[UInt8]: [UInt8]] {
        var flags =
            GIT_STATUS_OPT_INCLUDE_UNMODIFIED.rawValue | GIT_STATUS_OPT_INCLUDE_UNTRACKED.rawValue
            | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS.rawValue | GIT_STATUS_OPT_INCLUDE_UNREADABLE.rawValue
        if ignored {
            flags |= GIT_STATUS_OPT_INCLUDE_IGNORED.rawValue | GIT_STATUS_OPT_RECURSE_IGNORED_DIRS.rawValue
        }
        var lines: [[UInt8]: [UInt8]] = [:]
        try forEachStatus(flags: flags, under: base.isEmpty ? [] : [base]) { status throws(SourceControlError) in
            switch status.content {
            case .absent:
                break
            case .stored(let id, let mode):
                lines[status.path] = Self.line(mode: mode, id: id.hex)
            case .workTree(let mode):
                lines[status.path] = Self.line(
                    mode: mode, id: try contentID(of: status.path, mode: mode, depth: depth))
            }
        }
        return lines
    }

    private func contentID(of path: [UInt8], mode: UInt32, depth: Int) throws(SourceControlError) -> String {
        var id = git_oid()
        switch mode {
        case GIT_FILEMODE_LINK.rawValue:
            let target = try linkTarget(of: path)
            try GitLibrary.check(git_odb_hash(&id, target, target.count, GIT_OBJECT_BLOB))
            return id.hex
        case GIT_FILEMODE_COMMIT.rawValue, GIT_FILEMODE_TREE.rawValue:
            // A submodule with changes, or a repository inside this one: its own content speaks for it.
            guard depth < Self.nestingLimit else {
                throw .other(code: GIT_ERROR.rawValue, message: "repositories are nested too deeply")
            }
            let nested = try OpenRepository(workTree: String(decoding: fullPath(path), as: UTF8.self))
            return try Self.hash(nested.lines(under: [], ignored: false, depth: depth + 1))
        default:
            // Through the repository's filters (line ends), so that the id is the one that a commit would give.
            try GitLibrary.check(
                git_repository_hashfile(&id, pointer, Self.cString(fullPath(path)), GIT_OBJECT_BLOB, Self.cString(path))
            )
            return id.hex
        }
    }

    private func linkTarget(of path: [UInt8]) throws(SourceControlError) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(Self.cString(fullPath(path)), &buffer, buffer.count)
        guard count >= 0 else { throw .pathNotFound(String(decoding: path, as: UTF8.self)) }
        return buffer.prefix(count).map { UInt8(bitPattern: $0) }
    }

    private func fullPath(_ path: [UInt8]) -> [UInt8] {
        Array(workTree.utf8) + [UInt8(ascii: "/")] + path
    }

    private static func cString(_ bytes: [UInt8]) -> [CChar] {
        bytes.map { CChar(bitPattern: $0) } + [0]
    }

    private static func line(mode: UInt32, id: String) -> [UInt8] {
        Array("\(String(mode, radix: 8)) \(id)".utf8)
    }

    /// `mode SP id TAB path NUL` for each path in order of its bytes, hashed as git hashes a blob.
    private static func hash(_ lines: [[UInt8]: [UInt8]]) throws(SourceControlError) -> String {
        var material: [UInt8] = []
        for (path, line) in lines.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            material += line + [UInt8(ascii: "\t")] + path + [0]
        }
        var id = git_oid()
        try GitLibrary.check(git_odb_hash(&id, material, material.count, GIT_OBJECT_BLOB))
        return id.hex
    }
}
