#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How many characters a terminal shows, asked anew whenever something is drawn: that is all that a changed size needs.
package struct TerminalSize: Hashable, Sendable {
    package var columns: Int
    package var lines: Int

    package init(columns: Int, lines: Int) {
        self.columns = columns
        self.lines = lines
    }

    /// Nil where the descriptor is no terminal, or one that does not say.
    static func of(_ descriptor: Int32) -> TerminalSize? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        // Some terminals of serial lines know only their width.
        return TerminalSize(columns: Int(size.ws_col), lines: size.ws_row > 0 ? Int(size.ws_row) : 24)
    }
}
