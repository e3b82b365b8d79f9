#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The three streams that every program is born with, or should be.
enum StandardStreams {
    /// Started with `>&-`, a program would get the stream's number for the first file that it opens, and its results
    /// would go into that file: a database, say.
    static func fillClosed() {
        // `open` gives the lowest number that is free, which is the closed one, as those below are open by then.
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            _ = open("/dev/null", O_RDWR)
        }
    }
}
