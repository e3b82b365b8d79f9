package import Releases

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A folder that nobody else can look into, for credentials and secrets that a program must be given as files, and for
/// what a program leaves. It is held by a lock for as long as it is needed; what a killed run has left is not, and goes
/// when the next one is made.
package final class PrivateFolder: Sendable {
    package let path: String
    private let held: Int32

    /// - Parameter parent: where it is made; by default `stagectl-UID` in `XDG_RUNTIME_DIR`, which is in memory, or in
    ///   the folder for temporary files: never below a project, whose folder may be a build's context.
    package init(in parent: String? = nil) throws(Failure) {
        do throws(PosixError) {
            (path, held) = try Self.make(in: parent ?? Self.standardParent)
        } catch {
            throw Failure(
                .unavailable, "no private folder for credentials can be made",
                details: [.init("path", error.path), .init("reason", error.reason)],
                hint: "see who owns it and whether the disk is full; TMPDIR chooses another place")
        }
    }

    deinit { remove() }

    /// Done at the latest when the value goes.
    package func remove() {
        PosixFile.removeTree(path)
        close(held)
    }

    func write(_ bytes: [UInt8], to name: String) throws(PosixError) -> String {
        let file = "\(path)/\(name)"
        try PosixFile.write(bytes, to: file, mode: 0o600)
        return file
    }

    static var standardParent: String {
        let base = ["XDG_RUNTIME_DIR", "TMPDIR"].lazy
            .compactMap { RegistryLogins.processVariable($0) }
            .first { PosixFile.isFolder($0) }
        return "\(base ?? "/tmp")/stagectl-\(getuid())"
    }

    private static func make(in parent: String) throws(PosixError) -> (String, Int32) {
        if mkdir(parent, 0o700) != 0, errno != EEXIST { throw PosixError(parent) }
        // Anybody may make a folder of any name in /tmp: what is there must be ours and closed.
        let folder = open(parent, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { throw PosixError(parent) }
        defer { close(folder) }
        var status = stat()
        guard fstat(folder, &status) == 0 else { throw PosixError(parent) }
        guard status.st_uid == getuid(), status.st_mode & 0o077 == 0 else { throw PosixError(parent, code: EPERM) }
        // One at a time: a new folder must not be seen before it is held.
        while flock(folder, LOCK_EX) != 0 {
            guard errno == EINTR else { throw PosixError(parent) }
        }
        sweep(parent)
        let path = try PosixFile.makeTemporaryFolder(in: parent)
        let held = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard held >= 0, flock(held, LOCK_EX | LOCK_NB) == 0 else { throw PosixError(path) }
        return (path, held)
    }

    private static func sweep(_ parent: String) {
        for name in (try? PosixFile.names(in: Array(parent.utf8))) ?? [] {
            let path = "\(parent)/\(String(decoding: name, as: UTF8.self))"
            let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard folder >= 0 else { continue }
            if flock(folder, LOCK_EX | LOCK_NB) == 0 { PosixFile.removeTree(path) }
            close(folder)
        }
    }
}

extension PosixFile {
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Removes a folder with all that is in it, as far as that works; links are removed, never followed.
    static func removeTree(_ path: String, depth: Int = 0) {
        guard depth < 100 else { return }
        for name in (try? names(in: Array(path.utf8))) ?? [] {
            let child = Array("\(path)/".utf8) + name
            if (try? kind(of: child)) == .folder {
                removeTree(String(decoding: child, as: UTF8.self), depth: depth + 1)
            } else {
                unlink(cString(child))
            }
        }
        rmdir(path)
    }

    /// A symbolic link; nothing happens where there is something of that name.
    static func link(_ target: [UInt8], as name: [UInt8]) {
        symlink(cString(target), cString(name))
    }

    static func makeExecutable(_ path: String) throws(PosixError) {
        guard chmod(path, 0o700) == 0 else { throw PosixError(path) }
    }

    /// The whole file; EFBIG for one that is longer than the limit.
    static func contents(of path: String, limit: Int) throws(PosixError) -> [UInt8] {
        var content: [UInt8] = []
        try read(Array(path.utf8)) { part throws(PosixError) in
            content += part
            guard content.count <= limit else { throw PosixError(path, code: EFBIG) }
        }
        return content
    }
}
