import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ends children with this process, also where it cannot do so itself: SIGKILL, or the kernel for want of memory.
///
/// A shell watches. It reads the groups that live from a pipe whose other end nobody but this process holds, so that the
/// pipe ends with this process, whatever ended it; then the shell kills what is still on its list. `PR_SET_PDEATHSIG`
/// would reach the child alone and not what it has started, and exists on Linux only.
final class LifeLine: Sendable {
    private enum Watcher {
        case none
        case listening(Int32, shell: pid_t)
        /// It could not be started, or is gone: children are as they were without it.
        case unavailable
    }

    static let ofProcess = LifeLine()

    private let watcher = Mutex(Watcher.none)

    private static let script = """
        trap '' HUP INT TERM
        groups=
        while read -r verb group; do
            case $verb in
            +) groups="$groups $group" ;;
            -)
                left=
                for each in $groups; do [ "$each" = "$group" ] || left="$left $each"; done
                groups=$left
                ;;
            esac
        done
        for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
        """

    func add(_ group: pid_t) { tell("+ \(group)\n") }

    /// Before the group's number can name another one.
    func remove(_ group: pid_t) { tell("- \(group)\n") }

    /// Of the shell that watches; nil while there is none.
    var shell: pid_t? {
        watcher.withLock { if case .listening(_, let shell) = $0 { shell } else { nil } }
    }

    private func tell(_ line: String) {
        watcher.withLock { watcher in
            if case .none = watcher { watcher = Self.start() }
            guard case .listening(let end, let shell) = watcher else { return }
            let bytes = Array(line.utf8)
            // Shorter than PIPE_BUF: written whole or not at all.
            if write(end, bytes, bytes.count) != bytes.count {
                // One that is stopped reads no more; at the end of the pipe it would kill what is alive and wanted.
                kill(shell, SIGKILL)
                close(end)
                watcher = .unavailable
            }
        }
    }

    private static func start() -> Watcher {
        guard var pipe = Pipe() else { return .unavailable }
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard nowhere >= 0 else { return .unavailable }
        defer { close(nowhere) }
        let streams = Spawn.Streams(input: pipe.readEnd, output: nowhere, error: nowhere)
        guard case .success(let shell) = Spawn.start(CommandLine(["/bin/sh", "-c", script]), "/bin/sh", streams) else {
            return .unavailable
        }
        pipe.closeReadEnd()
        Pipe.setNonBlocking(pipe.writeEnd)
        return .listening(pipe.release().writeEnd, shell: shell)
    }
}
