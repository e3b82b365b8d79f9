#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file as a whole, by as few calls of the system as there can be: histories are read from hundreds of files.
enum FileBytes {
    /// Nil for what cannot be read, and for what is larger.
    static func read(_ path: String, atMost largest: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= largest else {
            return nil
        }
        let size = Int(status.st_size)
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let read = systemRead(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
                if read < 0, errno == EINTR { continue }
                guard read > 0 else { break }
                count += read
            }
            isWhole = count == size
        }
        return isWhole ? bytes : nil
    }
}

/// `read(2)`, whose name `FileBytes` has too.
private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(file, bytes, count)
}
