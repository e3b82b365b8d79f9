import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting
import Synchronization
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The program as one function from arguments to an exit code.
package enum Program {
    package static func run(_ arguments: [String]) async -> Int32 {
        // A reader that goes away must not end a release half way.
        signal(SIGPIPE, SIG_IGN)
        if arguments == ["help", "exit-codes"] {
            Console(style: .init(isTerminal: false, usesColor: false)).result(ExitStatus.table)
            return 0
        }
        let command: any ParsableCommand
        do {
            command = try StagectlCommand.parseAsRoot(arguments)
        } catch {
            return refuse(arguments, error)
        }
        guard let command = command as? any SessionCommand else { return explain(command, arguments) }
        return await perform(command)
    }

    /// `--help`, and a group without a verb: ArgumentParser's own commands answer by throwing what is to be printed.
    private static func explain(_ command: any ParsableCommand, _ arguments: [String]) -> Int32 {
        var command = command
        do {
            try command.run()
            return ExitStatus.done.rawValue
        } catch {
            return refuse(arguments, error)
        }
    }

    private static func perform(_ command: any SessionCommand) async -> Int32 {
        let global = command.global
        let console = console(for: global)
        let session = Session(global: global, console: console)
        let stopped = Mutex<Int32?>(nil)
        let work = Task { () -> CommandResult in
            do {
                return try await command.run(in: session)
            } catch {
                return failed(command, session, error)
            }
        }
        let signals = Task {
            for await number in Signals.stream([SIGINT, SIGTERM]) {
                let second = stopped.withLock { previous in
                    defer { previous = previous ?? number }
                    return previous != nil
                }
                if second { stopNow(session, number) }
                console.problem("\nstopping safely (again to stop now)")
                work.cancel()
            }
        }
        var result = await work.value
        signals.cancel()
        if result.status == .interrupted, stopped.withLock({ $0 }) == SIGTERM { result.status = .terminated }
        return render(result, global, console)
    }

    private static func render(_ result: CommandResult, _ global: GlobalOptions, _ console: Console) -> Int32 {
        switch global.output {
        case .json:
            if !result.isPrinted { console.result(result.document.serialized(pretty: true)) }
        case .text:
            if !result.text.isEmpty { console.result(result.text) }
        }
        if let failure = result.failure {
            console.problem(FailureText.text(failure, palette: Palette(isEnabled: console.style.usesColor)))
        }
        return result.status.rawValue
    }

    /// The second signal: nothing is undone, the journal says where the run stood.
    private static func stopNow(_ session: Session, _ number: Int32) -> Never {
        ChildProcess.killAll()
        if let run = session.currentRun {
            session.console.problem("stopped. To finish: stagectl resume \(run)   to undo: stagectl abort \(run)")
        }
        _exit(128 + number)
    }

    private static func failed(
        _ command: any SessionCommand, _ session: Session, _ error: any Error
    ) -> CommandResult {
        let failure = FailureLifting.lift(error)
        var document = EmptyDocument.of(schema: type(of: command).schema, environment: session.environmentName)
        document["error"] = ReleaseJSON.failure(failure)
        return CommandResult(document, text: "", status: ExitStatus(failure), failure: failure)
    }

    /// Help and version are answers; everything else that does not parse is a usage error, as JSON if that was asked.
    private static func refuse(_ arguments: [String], _ error: any Error) -> Int32 {
        let console = Console(style: .init(isTerminal: false, usesColor: false))
        var message = StagectlCommand.fullMessage(for: error)
        guard StagectlCommand.exitCode(for: error) != .success else {
            console.result(message)
            return 0
        }
        let unknown = unknownCommand(in: arguments)
        if let unknown { message = FailureText.text(unknown, palette: Palette(isEnabled: false)) }
        if wantsJSON(arguments) {
            let failure = unknown ?? Failure(.usage, StagectlCommand.message(for: error), hint: "stagectl --help")
            var document = EmptyDocument.of(
                schema: schema(of: arguments), environment: environment(of: arguments))
            document["error"] = ReleaseJSON.failure(failure)
            console.result(document.serialized(pretty: true))
        }
        console.problem(message)
        return ExitStatus.usage.rawValue
    }

    /// The first word, where no command is called so: the parser would only count it as one argument too many.
    private static func unknownCommand(in arguments: [String]) -> Failure? {
        let known = StagectlCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard let word = arguments.first, !word.hasPrefix("-"), !known.contains(word) else { return nil }
        let nearest = NearestName.of(word, in: known)
        return Failure(
            .usage, "no command is called `\(SafeText.line(word))`",
            details: [.init("commands", known.sorted().joined(separator: ", "))],
            hint: nearest.map { "did you mean `stagectl \($0)`?" } ?? "stagectl --help")
    }

    private static func environment(of arguments: [String]) -> String {
        for (index, argument) in arguments.enumerated() {
            if argument.hasPrefix("--env=") { return String(argument.dropFirst("--env=".count)) }
            if argument == "--env", index + 1 < arguments.count { return arguments[index + 1] }
        }
        return ProcessEnvironment.nonEmpty("STAGECTL_ENV") ?? "local"
    }

    private static func wantsJSON(_ arguments: [String]) -> Bool {
        if arguments.contains("--output=json") || arguments.contains("-ojson") || arguments.contains("-o=json") {
            return true
        }
        return zip(arguments, arguments.dropFirst()).contains { ($0 == "--output" || $0 == "-o") && $1 == "json" }
    }

    private static func schema(of arguments: [String]) -> String {
        let name = arguments.first { !$0.hasPrefix("-") } ?? "error"
        let known = StagectlCommand.configuration.subcommands.first { $0.configuration.commandName == name }
        return (known as? any SessionCommand.Type)?.schema ?? "stagectl.\(known == nil ? "error" : name)/v1"
    }

    private static func console(for global: GlobalOptions) -> Console {
        let isTerminal = Console.isTerminal(error: true)
        let noColor = global.noColor || ProcessEnvironment["NO_COLOR"].map { !$0.isEmpty } ?? false
        var style = Console.Style(
            isTerminal: isTerminal, usesColor: isTerminal && !noColor, isQuiet: global.quiet,
            isVerbose: global.verbose)
        style.colorsResult = Console.isTerminal(error: false) && !noColor
        return Console(style: style)
    }
}
