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

/// This process, and whether others live.
enum ProcessLife {
    static var own: Int32 { getpid() }

    /// Whether the process still runs. One that ended and that nobody reaped yet (a container's first process may
    /// never do it) does not: signal 0 reaches it all the same, so its state is looked at.
    static func isAlive(_ pid: Int32) -> Bool {
        var status: Int32 = 0
        if waitpid(pid, &status, WNOHANG) == pid { return false }
        // Another user's process may not be signalled, and lives all the same.
        guard kill(pid, 0) == 0 || errno == EPERM else { return false }
        #if os(Linux)
        guard let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return false }
        // The state is the first field after the name, which stands in parentheses (proc(5)).
        let text = String(decoding: stat, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return true }
        return !text[end...].dropFirst(2).hasPrefix("Z")
        #else
        return true
        #endif
    }
}
