#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One server at a time owns a state folder. The kernel gives the lock back when the process ends, however it ends.
final class StateLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    static func take(folder: String) throws(LocalServerError) -> StateLock {
        let path = folder + "/lock"
        // Not inherited: an instance that outlives the server must not keep the lock.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .stateUnusable(folder: folder, reason: "`\(path)`: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .stateInUse(folder: folder)
        }
        return StateLock(descriptor: descriptor)
    }

    /// Called once, by whoever took it.
    func release() {
        close(descriptor)
    }
}
