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
        /// Standard output is a terminal whose lines may be drawn again.
        package var isResultTerminal = false
        /// The locale's characters are Unicode.
        package var isUnicode = true
        /// A terminal that becomes narrower folds what it shows.
        package var folds = true
        /// Standard error is the log of GitHub Actions, which takes commands.
        package var hasWorkflowCommands = false
        /// What paths of annotations are told from.
        package var workspace: String?

        /// A list that moves; whoever wants every line, or none, gets lines that stay.
        package var isLive: Bool { isTerminal && !isQuiet && !isVerbose }

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
    private let live: Mutex<LiveArea>
    private let writer: @Sendable (_ text: String, _ isError: Bool) -> Void
    /// Of both streams; nil asks the terminal each time.
    private let size: TerminalSize?

    package init(
        style: Style, redactor: Redactor = Redactor(),
        size: TerminalSize? = nil,
        writer: @escaping @Sendable (String, Bool) -> Void = Console.writeToDescriptor
    ) {
        self.style = style
        self.redactor = Mutex(redactor)
        self.size = size
        self.writer = writer
        live = Mutex(LiveArea(folds: style.folds))
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

    /// A result: standard output, whatever `--quiet` says. A file gets it as it is.
    package func result(_ text: String) {
        writer(outgoing(text, isTerminal: style.isResultTerminal, isColored: style.colorsResult) + "\n", false)
    }

    /// A result that a program reads.
    package func document(_ json: String) {
        writer(readable(json) + "\n", false)
    }

    /// A result that a program reads and that comes in pieces, none of which ends in the middle of a value.
    package func document(_ pieces: (_ take: (String) -> Void) -> Void) {
        pieces { writer(readable($0), false) }
        writer("\n", false)
    }

    private func readable(_ json: String) -> String {
        let safe = redacted(json)
        return style.hasWorkflowCommands ? WorkflowCommand.neutralised(json: safe) : safe
    }

    /// The one place where text becomes what may stand on a screen, or in a log that takes commands.
    private func outgoing(_ text: String, isTerminal: Bool, isColored: Bool) -> String {
        var safe = redacted(text)
        if isTerminal { safe = SafeText.output(safe, keepsColors: isColored) }
        if isTerminal, !style.isUnicode { safe = PlainSigns.ascii(safe, escapesRest: true) }
        return style.hasWorkflowCommands ? WorkflowCommand.neutralised(safe) : safe
    }

    private func outgoingError(_ text: String) -> String {
        let safe = SafeText.output(redacted(text), keepsColors: style.usesColor)
        let signs = style.isUnicode ? safe : PlainSigns.ascii(safe, escapesRest: style.isTerminal)
        return style.hasWorkflowCommands ? WorkflowCommand.neutralised(signs) : signs
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
        writer(outgoingError(text), true)
    }

    /// A command to the runner of GitHub Actions; nothing elsewhere.
    package func tell(_ command: WorkflowCommand) {
        guard style.hasWorkflowCommands else { return }
        writer(redacted(command.line) + "\n", true)
    }

    /// Lines under a title, folded in the log of GitHub Actions. Written at once, as groups do not nest and others write
    /// at the same time.
    package func group(_ title: String, _ lines: [String]) {
        guard style.hasWorkflowCommands, !style.isQuiet else { return }
        let head = redacted(WorkflowCommand.group(title).line)
        let body = lines.map { outgoingError($0) + "\n" }.joined()
        writer("\(head)\n\(body)\(WorkflowCommand.endGroup.line)\n", true)
    }

    /// Lines that stay where they are, above the live ones. Written inside the lock: what two threads say at the same
    /// time must not mix on the screen.
    private func stay(_ text: String) {
        let safe = outgoingError(text) + "\n"
        live.withLock { live in
            writer(style.isLive ? live.print(safe, columns: terminalSize(true).columns) : safe, true)
        }
    }

    /// Lines that are drawn again with each call; none ends it. Only on a terminal.
    func show(_ rows: (_ size: TerminalSize) -> [String]) {
        guard style.isLive else { return }
        live.withLock { live in
            let size = terminalSize(true)
            let text = live.show(rows(size).map(outgoingError), size: size)
            if !text.isEmpty { writer(text, true) }
        }
    }

    /// A result that is drawn again with each call, where standard output is a terminal; none ends it.
    package func showResult(_ rows: (_ size: TerminalSize) -> [String]) {
        live.withLock { live in
            let size = terminalSize(false)
            let lines = rows(size).map { outgoing($0, isTerminal: true, isColored: style.colorsResult) }
            let text = live.show(lines, size: size)
            if !text.isEmpty { writer(text, false) }
        }
    }

    /// Ends the moving list, for a program that ends while others still draw.
    package func endList() {
        guard style.isLive else { return }
        live.withLock { writer($0.close(columns: terminalSize(true).columns), true) }
    }

    /// 80 by 24 where that cannot be known.
    private func terminalSize(_ isError: Bool) -> TerminalSize {
        size ?? TerminalSize.of(isError ? STDERR_FILENO : STDOUT_FILENO) ?? TerminalSize(columns: 80, lines: 24)
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
    package var resultColumns: Int? { style.isResultTerminal ? terminalSize(false).columns : nil }

    /// How wide the terminal is that errors go to; nil where they go elsewhere.
    package var errorColumns: Int? { style.isTerminal ? terminalSize(true).columns : nil }

    /// Whether a descriptor is a terminal.
    package static func isTerminal(error: Bool) -> Bool {
        isatty(error ? STDERR_FILENO : STDOUT_FILENO) == 1
    }
}
