#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The files of a fix step: what a command wrote is read as something that anybody may have made.
enum FixStepFiles {
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    static func remove(_ path: String) {
        unlink(path)
    }

    /// A name that is not taken: `PATH.SUFFIX`, `PATH-2.SUFFIX` and so on.
    static func unused(_ path: String, suffix: String) -> String {
        var (number, name) = (1, path + suffix)
        while exists(name), number < 1000 {
            number += 1
            name = "\(path)-\(number)\(suffix)"
        }
        return name
    }

    /// Nil where it is no plain file, cannot be read, or there is none; at most `limit` bytes.
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
            #else
            let count = Darwin.read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
            #endif
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
