import Clibcurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The two ends of a pipe; each is closed once, and neither is inherited by any child by accident.
struct Pipe: ~Copyable {
    private(set) var readEnd: Int32
    private(set) var writeEnd: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        guard stagectl_pipe2(&ends, O_CLOEXEC) == 0 else { return nil }
        #else
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #endif
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        if readEnd >= 0 { close(readEnd) }
        if writeEnd >= 0 { close(writeEnd) }
    }

    mutating func closeReadEnd() {
        if readEnd >= 0 { close(readEnd) }
        readEnd = -1
    }

    mutating func closeWriteEnd() {
        if writeEnd >= 0 { close(writeEnd) }
        writeEnd = -1
    }

    /// Leaves both ends to the caller.
    mutating func release() -> (readEnd: Int32, writeEnd: Int32) {
        defer { (readEnd, writeEnd) = (-1, -1) }
        return (readEnd, writeEnd)
    }

    static func setNonBlocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
}
