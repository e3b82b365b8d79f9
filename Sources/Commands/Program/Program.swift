import ArgumentParser
import JSON
import Reporting

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The program as one function from arguments to an exit code.
package enum Program {
    package static func run(_ arguments: [String]) async -> Int32 {
        StandardStreams.fillClosed()
        // A reader that goes away must not end a release half way.
        signal(SIGPIPE, SIG_IGN)
        if arguments.starts(with: ["help", "exit-codes"]) {
            return UnrunLine(arguments).answer(
                ExitStatus.table, as: ["schema": "stagectl.exit-codes/v1", "codes": ExitStatus.document])
        }
        let command: any ParsableCommand
        do {
            command = try StagectlCommand.parseAsRoot(arguments)
        } catch {
            return UnrunLine(arguments).explain(error)
        }
        guard let command = command as? any SessionCommand else { return explain(command, arguments) }
        return await Invocation(command).run()
    }

    /// `--help`, and a group without a verb: ArgumentParser's own commands answer by throwing what is to be printed.
    private static func explain(_ command: any ParsableCommand, _ arguments: [String]) -> Int32 {
        var command = command
        do {
            try command.run()
            return ExitStatus.done.rawValue
        } catch {
            return UnrunLine(arguments).explain(error)
        }
    }
}
