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

/// This process, and whether others live.
enum ProcessLife {
    static var own: Int32 { getpid() }

    /// This process, as others are told of it.
    static var this: LockProcess { LockProcess(host: Session.hostName, id: own, machine: machine) }

    /// Whether the process is one of this machine, so that it can be looked at.
    static func isHere(_ process: LockProcess) -> Bool {
        process.host == Session.hostName && (process.machine == nil || process.machine == machine)
    }

    /// Whether the process is known to have ended: one of this machine, of which nothing is left.
    static func isGone(_ process: LockProcess) -> Bool { isHere(process) && !isAlive(process.id) }

    /// Numbers of processes mean something from one start of a machine to the next, and within one of its PID name spaces
    /// (pid_namespaces(7)); nil where neither can be read.
    private static let machine: String? = {
        #if os(Linux)
        let start = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id")
        let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        guard let start, let space else { return nil }
        return String(decoding: start.prefix(8), as: UTF8.self) + "-" + space.filter(\.isNumber)
        #else
        return nil
        #endif
    }()

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
