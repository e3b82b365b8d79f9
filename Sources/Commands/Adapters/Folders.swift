import Releases

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The few things that commands do with files themselves.
enum Folders {
    /// Creates the folder and those above it, for its owner alone from the first moment: Foundation opens a folder to all
    /// and closes it afterwards, and a process that was killed in between left it open.
    static func create(_ path: String) throws {
        let code = make(path)
        guard code != 0 else { return }
        throw Failure(
            .unavailable, "folder `\(path)` cannot be created",
            details: [.init("why", String(cString: strerror(code)))],
            hint: "choose a folder that can be written")
    }

    /// 0, or why not.
    private static func make(_ path: String) -> Int32 {
        if mkdir(path, 0o700) == 0 { return 0 }
        let code = errno
        if code == EEXIST { return isFolder(path) ? 0 : ENOTDIR }
        guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return code }
        let above = make(String(path[..<slash]))
        guard above == 0 else { return above }
        // Another process may have been faster.
        return mkdir(path, 0o700) == 0 || errno == EEXIST && isFolder(path) ? 0 : errno
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw cannotBeWritten(path, reason(error))
        }
    }

    /// A text that comes in pieces: the file is there as a whole, or as it was before.
    static func write(to path: String, _ pieces: (_ take: (String) -> Void) -> Void) throws {
        let unfinished = "\(path).\(getpid()).unfinished"
        let file = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        var code = file < 0 ? errno : 0
        if file >= 0 {
            pieces { piece in
                if code == 0 { code = writeAll(Array(piece.utf8), to: file) }
            }
            if close(file) != 0, code == 0 { code = errno }
            if code == 0, rename(unfinished, path) != 0 { code = errno }
            if code != 0 { unlink(unfinished) }
        }
        if code != 0 { throw cannotBeWritten(path, String(cString: strerror(code))) }
    }

    /// For its owner alone from the first byte.
    static func writePrivately(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        var code = file < 0 ? errno : writeAll(bytes, to: file)
        if file >= 0, close(file) != 0, code == 0 { code = errno }
        if code != 0 { throw cannotBeWritten(path, String(cString: strerror(code))) }
    }

    /// Adds a text at the end of a file, which is made where it is not there.
    ///
    /// - Parameter text: gets how many bytes are there already; nil adds nothing.
    static func append(to path: String, _ text: (_ used: Int) -> String?) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw cannotBeWritten(path, String(cString: strerror(errno))) }
        defer { close(file) }
        let used = Int(clamping: lseek(file, 0, SEEK_END))
        guard let added = text(max(0, used)) else { return }
        let code = writeAll(Array(added.utf8), to: file)
        if code != 0 { throw cannotBeWritten(path, String(cString: strerror(code))) }
    }

    /// 0, or why not.
    private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            rest = rest.dropFirst(count)
        }
        return 0
    }

    private static func cannotBeWritten(_ path: String, _ why: String) -> Failure {
        Failure(
            .unavailable, "`\(path)` cannot be written", details: [.init("why", why)],
            hint: "choose a place that can be written")
    }

    static func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }

    /// What is in a folder, hidden files too; nothing where it cannot be read.
    static func names(in path: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Removes the folder and all in it; one that is not there is fine.
    static func remove(_ path: String) throws {
        guard exists(path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw Failure(
                .unavailable, "folder `\(path)` cannot be removed", details: [.init("why", reason(error))],
                hint: "rm -r \(path)")
        }
    }

    /// In the system's own words; Foundation's are made for logs.
    private static func reason(_ error: any Error) -> String {
        guard let posix = (error as? CocoaError)?.underlying as? POSIXError else { return "\(error)" }
        return String(cString: strerror(posix.code.rawValue))
    }

    /// The end of a log, for an error message; empty when there is none.
    static func lastLines(of path: String, count: Int) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data.suffix(8192), as: UTF8.self).split(separator: "\n").suffix(count).map(String.init)
    }
}

/// `write(2)`, whose name `Folders` has too.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
