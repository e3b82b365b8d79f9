#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Whoever reads standard output.
enum OutputReader {
    /// Nobody reads it any more (`| head`): what would go there has no sense. A file or a terminal always reads.
    static var isGone: Bool {
        var output = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        guard poll(&output, 1, 0) > 0 else { return false }
        return output.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
    }
}
