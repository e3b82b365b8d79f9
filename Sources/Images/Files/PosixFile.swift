#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A call to the operating system that said no.
struct PosixError: Error, Hashable, Sendable {
    var path: String
    var code: Int32

    init(_ path: String, code: Int32 = errno) {
        self.path = path
        self.code = code
    }

    var reason: String { String(cString: strerror(code)) }
}

/// The few file operations that builders need. Names are bytes where they come from a disk, for they need not be
/// text.
enum PosixFile {
    static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Copies a file, shows each part of it on the way, and returns its length.
    static func copy(
        _ source: String, to target: String, mode: mode_t, _ visit: ([UInt8]) -> Void
    ) throws(PosixError) -> Int64 {
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard output >= 0 else { throw PosixError(target) }
        var total: Int64 = 0
        do throws(PosixError) {
            try read(Array(source.utf8)) { part throws(PosixError) in
                visit(part)
                total += Int64(part.count)
                try write(part, to: output, path: target)
            }
        } catch {
            close(output)
            throw error
        }
        // The file may be full only now (quota, network file systems).
        guard close(output) == 0 else { throw PosixError(target) }
        return total
    }

    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(PosixError) {
        let output = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard output >= 0 else { throw PosixError(path) }
        do throws(PosixError) {
            try write(bytes, to: output, path: path)
        } catch {
            close(output)
            throw error
        }
        guard close(output) == 0 else { throw PosixError(path) }
    }

    private static func write(_ bytes: [UInt8], to output: Int32, path: String) throws(PosixError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { writeBytes(output, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw PosixError(path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads a file in parts. Directories and devices are refused: they do not end, or have no content.
    static func read(
        _ path: [UInt8], _ visit: ([UInt8]) throws(PosixError) -> Void
    ) throws(PosixError) {
        let name = String(decoding: path, as: UTF8.self)
        let input = open(cString(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard input >= 0 else { throw PosixError(name) }
        defer { close(input) }
        var status = stat()
        guard fstat(input, &status) == 0 else { throw PosixError(name) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw PosixError(name, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { readBytes(input, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw PosixError(name) }
            if count == 0 { return }
            try visit(Array(buffer.prefix(count)))
        }
    }

    static func cString(_ bytes: [UInt8]) -> [CChar] {
        bytes.map { CChar(bitPattern: $0) } + [0]
    }
}

// Inside the type the names `read` and `write` are its own.
private func writeBytes(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }
private func readBytes(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(file, bytes, count)
}
