import Releases

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A temporary file without a name: only this process can open it, and it is gone with it, however that ends.
package final class ArchiveFile: Sendable {
    private let descriptor: Int32

    /// In `TMPDIR`, else `/tmp`, for its owner alone.
    init() throws(PosixError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        var template = PosixFile.cString(Array("\(folder.isEmpty ? "/tmp" : folder)/stagectl-source-XXXXXX".utf8))
        // mkstemp makes it with mode 0600.
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw PosixError(folder.isEmpty ? "/tmp" : folder) }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { close(descriptor) }

    func append(_ bytes: [UInt8]) throws(PosixError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw PosixError("the archive's temporary file") }
            rest = rest.dropFirst(count)
        }
    }

    /// Up to `count` bytes from there on; fewer only at the end.
    package func read(at offset: Int64, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let more = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + off_t(filled))
            }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else {
                let error = PosixError("the archive's temporary file")
                throw Failure(
                    .unavailable, "the source archive cannot be read again", details: [.init("reason", error.reason)],
                    hint: "run the command again")
            }
            if more == 0 { break }
            filled += more
        }
        return Array(bytes.prefix(filled))
    }
}
