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

        /// A list that moves; whoever wants every line, or none, gets lines that stay.
        var isLive: Bool { isTerminal && !isQuiet && !isVerbose }

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
    private let live = Mutex(LiveArea())
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

    /// From here on nothing shows that this one takes out.
    package func hide(_ added: Redactor) {
        redactor.withLock { $0.merge(added) }
    }

    package func redacted(_ text: String) -> String {
        redactor.withLock { $0 }.redact(text)
    }

    /// A result: standard output, whatever `--quiet` says.
    package func result(_ text: String) {
        writer(redacted(text) + "\n", false)
    }

    /// A result that comes in pieces, none of which ends in the middle of a value.
    package func result(_ pieces: (_ take: (String) -> Void) -> Void) {
        pieces { writer(redacted($0), false) }
        writer("\n", false)
    }

    /// Progress: standard error, one line.
    package func progress(_ line: String) {
        guard !style.isQuiet else { return }
        stay(line)
    }

    package func detail(_ line: String) {
        guard style.isVerbose else { return }
        progress(line)
    }

    /// An error: standard error, also when quiet.
    package func problem(_ text: String) {
        stay(text)
    }

    /// A question, with the cursor left behind it.
    package func ask(_ text: String) {
        writer(redacted(text), true)
    }

    /// Lines that stay where they are, above the live ones. Written inside the lock: what two threads say at the same
    /// time must not mix on the screen.
    private func stay(_ text: String) {
        let safe = redacted(text) + "\n"
        live.withLock { live in
            writer(style.isLive ? live.print(safe, columns: size.columns) : safe, true)
        }
    }

    /// Lines that are drawn again with each call; none ends it. Only on a terminal.
    func show(_ rows: (_ columns: Int) -> [String]) {
        guard style.isLive else { return }
        live.withLock { live in
            let size = size
            let text = live.show(rows(size.columns).map(redacted), columns: size.columns, lines: size.lines)
            if !text.isEmpty { writer(text, true) }
        }
    }

    /// Ends the moving list, for a program that ends while others still draw.
    package func endList() {
        guard style.isLive else { return }
        live.withLock { writer($0.close(columns: size.columns), true) }
    }

    /// Of the terminal; 80 by 24 where that cannot be known.
    private var size: (columns: Int, lines: Int) {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes everything or gives up silently: a reader that went away (`| head`) is no error of ours.
    package static func writeToDescriptor(_ text: String, _ isError: Bool) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes {
                write(isError ? STDERR_FILENO : STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                guard errno == EAGAIN else { return }
                // Somebody made the stream non-blocking (it is shared with whoever started us): wait for its reader.
                var waiting = pollfd(fd: isError ? STDERR_FILENO : STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
                continue
            }
            bytes = bytes.dropFirst(written)
        }
    }

    /// How wide the terminal is that results go to; nil where they go elsewhere.
    package static var resultColumns: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Whether a descriptor is a terminal.
    package static func isTerminal(error: Bool) -> Bool {
        isatty(error ? STDERR_FILENO : STDOUT_FILENO) == 1
    }
}
