#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A folder by its descriptor: what is below it is reached by name from here, so that nobody can put a link in the way
/// between a look and the reading.
final class OpenFolder {
    /// A file that is open, as it was when it was opened.
    struct File {
        var descriptor: Int32
        var size: Int64
        var executable: Bool
        private var modified: (seconds: Int, nanoseconds: Int)
        private var changed: (seconds: Int, nanoseconds: Int)

        fileprivate init(descriptor: Int32, status: stat) {
            self.descriptor = descriptor
            size = Int64(status.st_size)
            executable = status.st_mode & 0o100 != 0
            #if canImport(Glibc)
            modified = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
            changed = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
            #else
            modified = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
            changed = (status.st_ctimespec.tv_sec, status.st_ctimespec.tv_nsec)
            #endif
        }

        /// Whether somebody has written to it since it was opened.
        func hasChanged() -> Bool {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { return true }
            let now = File(descriptor: descriptor, status: status)
            return now.size != size || now.modified != modified || now.changed != changed
        }
    }

    let path: [UInt8]
    private let descriptor: Int32

    /// The path itself may be a link.
    init(_ path: String) throws(PosixError) {
        self.path = Array(path.utf8)
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw PosixError(path) }
    }

    private init(path: [UInt8], descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// In order of their bytes.
    func names() throws(PosixError) -> [[UInt8]] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw error() }
        guard let stream = fdopendir(copy) else {
            close(copy)
            throw error()
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw error() }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    func kind(of name: [UInt8]) throws(PosixError) -> PosixFile.Kind {
        var status = stat()
        guard fstatat(descriptor, PosixFile.cString(name), &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw error(name)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(executable: status.st_mode & 0o100 != 0)
        case S_IFLNK: return .link
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    func folder(_ name: [UInt8]) throws(PosixError) -> OpenFolder {
        let file = openat(descriptor, PosixFile.cString(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { throw error(name) }
        return OpenFolder(path: path + [UInt8(ascii: "/")] + name, descriptor: file)
    }

    func linkTarget(of name: [UInt8]) throws(PosixError) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(descriptor, PosixFile.cString(name), &buffer, buffer.count)
        guard count >= 0 else { throw error(name) }
        return buffer.prefix(count).map { UInt8(bitPattern: $0) }
    }

    /// Opens a regular file, hands it to `body` and closes it.
    func withFile(_ name: [UInt8], _ body: (File) throws(PosixError) -> Void) throws(PosixError) {
        let file = openat(descriptor, PosixFile.cString(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw error(name) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw error(name) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw error(name, code: EINVAL) }
        try body(File(descriptor: file, status: status))
    }

    private func error(_ name: [UInt8]? = nil, code: Int32 = errno) -> PosixError {
        let place = name.map { path + [UInt8(ascii: "/")] + $0 } ?? path
        return PosixError(String(decoding: place, as: UTF8.self), code: code)
    }
}
