import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The children of this process that are not reaped yet. Each leads a session of its own, so nothing but us ends it
/// when this process must stop at once.
enum LiveChildren {
    private static let known = Mutex<Set<pid_t>>([])

    static func add(_ child: pid_t) {
        known.withLock { _ = $0.insert(child) }
    }

    /// Reaps inside the lock, so that a number that is free again is never signalled.
    static func remove(_ child: pid_t, reaping: () -> Void) {
        known.withLock {
            reaping()
            $0.remove(child)
        }
    }

    static func killAll() {
        known.withLock { for child in $0 { kill(-child, SIGKILL) } }
    }
}

extension ChildProcess {
    /// Ends every child and what it started, at once. For a program that is about to end without undoing anything.
    package static func killAll() {
        LiveChildren.killAll()
    }
}
