import Releases

/// A service's source as it travels: a gzipped tar archive whose bytes follow from the tree alone.
package struct SourceArchive: Sendable {
    package var file: ArchiveFile
    package var bytes: Int64
    /// 64 hex digits.
    package var sha256: String
    /// Base64, as Cloud Storage wants it.
    package var md5: String
    package var entries: Int
    /// The Dockerfile's path in the archive.
    package var dockerfile: String
    /// For people: what is not in it although it might be expected, a line each.
    package var notices: [String]
}

extension SourceArchive {
    /// Where a Dockerfile from outside the context lies in the archive. Docker sends it under a name of its own too.
    static let movedDockerfile = ".stagectl.Dockerfile"

    /// Archives the build context of a service. Throws `configuration` where it cannot be read or is larger than could be
    /// meant, `conflict` when a file is written to meanwhile, `unavailable` when there is no room for the archive.
    package static func make(context: String, dockerfile: String, service: String) throws -> SourceArchive {
        let inside = Self.path(dockerfile, below: context)
        guard PosixFile.isFile(dockerfile) else {
            throw Failure(
                .configuration, "service `\(service)` has no Dockerfile at `\(dockerfile)`",
                hint: "correct `source.dockerfile` of the service")
        }
        let selection = try SourceSelection(dockerfile: inside) { name throws(Failure) in
            try read("\(context)/\(name)")
        }
        do throws(PosixError) {
            var writer = try ArchiveWriter(selection: selection)
            try writer.add(try OpenFolder(context))
            if inside == nil {
                try writer.addMoved(dockerfile, as: movedDockerfile)
                if PosixFile.isFile(dockerfile + ".dockerignore") {
                    try writer.addMoved(dockerfile + ".dockerignore", as: movedDockerfile + ".dockerignore")
                }
            }
            return try writer.finish(dockerfile: inside ?? movedDockerfile)
        } catch {
            throw Self.failure(error, service: service)
        }
    }

    /// The path of a file below a folder, both written from the same root; nil when it is elsewhere.
    static func path(_ file: String, below folder: String) -> String? {
        let file = parts(file)
        let folder = parts(folder)
        guard file.count > folder.count, file.starts(with: folder) else { return nil }
        return file.dropFirst(folder.count).joined(separator: "/")
    }

    private static func parts(_ path: String) -> [String] {
        path.split(separator: "/").reduce(into: path.hasPrefix("/") ? ["/"] : []) { parts, part in
            switch part {
            case ".": break
            case ".." where parts.count > (parts.first == "/" ? 1 : 0) && parts.last != "..": parts.removeLast()
            default: parts.append(String(part))
            }
        }
    }

    /// An ignore file; nil where there is none. One of megabytes is no such file.
    private static func read(_ path: String) throws(Failure) -> [UInt8]? {
        guard PosixFile.isFile(path) else { return nil }
        var bytes: [UInt8] = []
        do throws(PosixError) {
            try PosixFile.read(Array(path.utf8)) { part throws(PosixError) in
                bytes += part
                guard bytes.count <= 1 << 20 else { throw PosixError(path, code: ArchiveWriter.tooLarge) }
            }
        } catch {
            throw Failure(
                .configuration, "`\(path)` cannot be read", details: [.init("reason", error.reason)],
                hint: "make it a readable file of at most 1 MiB")
        }
        return bytes
    }

    private static func failure(_ error: PosixError, service: String) -> Failure {
        switch error.code {
        case ArchiveWriter.changedMeanwhile:
            Failure(
                .conflict, "`\(error.path)` was written to while the source of `\(service)` was archived",
                hint: "let it rest and run the command again, or leave it out by a line in .gcloudignore")
        case ArchiveWriter.tooLarge:
            Failure(
                .configuration, "the build context of `\(service)` is too large to be sent",
                details: [.init("reached at", error.path)],
                hint: "leave out what the build does not need: .gcloudignore")
        case ArchiveWriter.noSpace:
            Failure(
                .unavailable, "there is no room for the source archive", details: [.init("file", error.path)],
                hint: "make room in the folder for temporary files, or name another one with TMPDIR")
        default:
            Failure(
                .configuration, "the build context of `\(service)` cannot be read",
                details: [.init("path", error.path), .init("reason", error.reason)],
                hint: "make it readable, or leave it out by a line in .gcloudignore")
        }
    }
}
