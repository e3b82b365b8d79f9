import Releases
import Reporting

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Waits for a person who mends it by hand.
struct FixStepPerson: Sendable {
    enum Answer: Hashable, Sendable { case goOn, stop }

    let console: Console

    /// Refused before anything begins where nobody can answer.
    static func demandTerminal() throws {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw Failure(
                .usage, "--fix-interactive waits for a person, and there is no terminal",
                hint: "run it on a terminal, or give --fix COMMAND")
        }
    }

    /// Enter goes on; `q`, or the end of the input, stops.
    func wait(brief: String, root: String) async throws -> Answer {
        console.progress("  brief: \(brief)")
        console.ask("  mend it in \(root), commit nothing, then press Enter (q and Enter: stop) ")
        guard let line = try await Self.line() else { return .stop }
        return line.lowercased().hasPrefix("q") ? .stop : .goOn
    }

    /// Nil at the end of the input. Looks again and again instead of waiting in `read`, so that Ctrl-C ends it.
    private static func line() async throws -> String? {
        var bytes: [UInt8] = []
        while true {
            try Task.checkCancellation()
            var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 0) != 0 else {
                try await Task.sleep(for: .milliseconds(50))
                continue
            }
            var byte: UInt8 = 0
            guard read(STDIN_FILENO, &byte, 1) == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { break }
            if bytes.count < 100 { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    }
}
