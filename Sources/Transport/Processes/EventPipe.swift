import Clibcurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Carries what other threads have to say into a supervisor's poll.
final class EventPipe: Sendable {
    enum Event: UInt8 {
        case cancelled = 1
        case exited = 2
    }

    let readEnd: Int32
    private let writeEnd: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        guard stagectl_pipe2(&ends, O_CLOEXEC | O_NONBLOCK) == 0 else { return nil }
        #else
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            Pipe.setNonBlocking(end)
        }
        #endif
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func send(_ event: Event) {
        var byte = event.rawValue
        _ = write(writeEnd, &byte, 1)
    }

    /// Takes every event that is there.
    func receive() -> Set<Event> {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(readEnd, &bytes, bytes.count)
        guard count > 0 else { return [] }
        return Set(bytes[..<count].compactMap { Event(rawValue: $0) })
    }
}
