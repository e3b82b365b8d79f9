import Synchronization
package import Verification

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The one way out for text: results to standard output, progress and logs to standard error. Everything that leaves
/// is redacted here, and what came from outside cannot move the cursor.
package final class Console: Sendable {
    package struct Style: Sendable {
        /// Standard error is a terminal, so that lines may be drawn again.
        package var isTerminal: Bool
        package var usesColor: Bool
        /// Standard output, where results go, is a terminal of its own.
        package var colorsResult = false
        package var isQuiet: Bool
        package var isVerbose: Bool

        package var resultPalette: Palette { Palette(isEnabled: colorsResult) }

        package init(isTerminal: Bool, usesColor: Bool, isQuiet: Bool = false, isVerbose: Bool = false) {
            self.isTerminal = isTerminal
            self.usesColor = usesColor
            self.isQuiet = isQuiet
            self.isVerbose = isVerbose
        }
    }

    package let style: Style
    private let redactor: Mutex<Redactor>
    private let writer: @Sendable (_ text: String, _ isError: Bool) -> Void

    package init(
        style: Style, redactor: Redactor = Redactor(),
        writer: @escaping @Sendable (String, Bool) -> Void = Console.writeToDescriptor
    ) {
        self.style = style
        self.redactor = Mutex(redactor)
        self.writer = writer
    }

    /// From here on these values show nowhere.
    package func hide(_ secrets: some Sequence<String>) {
        let added = Redactor(secrets)
        redactor.withLock { $0.merge(added) }
    }

    package func redacted(_ text: String) -> String {
        redactor.withLock { $0 }.redact(text)
    }

    /// A result: standard output, whatever `--quiet` says.
    package func result(_ text: String) {
        writer(redacted(text) + "\n", false)
    }

    /// Progress: standard error, one line.
    package func progress(_ line: String) {
        guard !style.isQuiet else { return }
        writer(redacted(line) + "\n", true)
    }

    package func detail(_ line: String) {
        guard style.isVerbose else { return }
        progress(line)
    }

    /// An error: standard error, also when quiet.
    package func problem(_ text: String) {
        writer(redacted(text) + "\n", true)
    }

    /// Control sequences of our own on standard error, for the live view alone.
    func draw(_ text: String) {
        writer(redacted(text), true)
    }

    /// Columns of the terminal; 80 where that cannot be known.
    package var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes everything or gives up silently: a reader that went away (`| head`) is no error of ours.
    package static func writeToDescriptor(_ text: String, _ isError: Bool) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes {
                write(isError ? STDERR_FILENO : STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if written < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return
            }
            bytes = bytes.dropFirst(written)
        }
    }

    /// Whether a descriptor is a terminal.
    package static func isTerminal(error: Bool) -> Bool {
        isatty(error ? STDERR_FILENO : STDOUT_FILENO) == 1
    }
}
