import Releases
import Reporting

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Asking before what cannot be taken back.
extension Session {
    /// Asks on a terminal; elsewhere there is nobody to ask, and what was typed is what is meant. Throws `usage` for any
    /// answer but yes.
    func confirm(_ consequence: String, isGiven: Bool) async throws {
        guard !isGiven, Self.canAsk else { return }
        try await ask(consequence)
    }

    /// The same for what nobody could have meant by accident: where nobody can be asked it takes `--yes`.
    func demandConfirmation(_ consequence: String, isGiven: Bool) async throws {
        guard !isGiven else { return }
        guard Self.canAsk else {
            throw Failure(
                .usage, "\(consequence), and nobody is here to be asked",
                hint: "look at it with --dry-run, then add --yes")
        }
        try await ask(consequence)
    }

    private static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    private func ask(_ consequence: String) async throws {
        console.ask("\(consequence). Go on? [y/N] ")
        let answer = try await Self.line()
        guard ["y", "yes"].contains(answer.lowercased()) else {
            throw Failure(.usage, "nothing was changed", hint: "answer y, or add --yes")
        }
    }

    /// One line of standard input. Looks again and again instead of waiting in `read`, so that Ctrl-C ends it.
    private static func line() async throws -> String {
        var bytes: [UInt8] = []
        while bytes.count < 100 {
            try Task.checkCancellation()
            var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 0) != 0 else {
                try await Task.sleep(for: .milliseconds(50))
                continue
            }
            var byte: UInt8 = 0
            guard read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") else { break }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    }
}
