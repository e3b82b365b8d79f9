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

/// One command from its first line to its exit code, with the signals that come meanwhile.
final class Invocation: Sendable {
    private struct Stop {
        var requests = StopRequests()
        /// The command has said what it had to say; only printing is left.
        var isOver = false
    }

    private let command: any SessionCommand
    private let session: Session
    private let console: Console
    private let stop = Mutex(Stop())
    private let answer = Answer()

    init(_ command: any SessionCommand) {
        self.command = command
        console = Self.console(for: command.global)
        session = Session(global: command.global, console: console)
    }

    func run() async -> Int32 {
        // Before the work, so that nothing is ever begun that a signal would end in its own way.
        let signals = Signals.stream(StopRequests.signals())
        let work = Task { () -> CommandResult in
            do {
                return try await command.run(in: session)
            } catch {
                return failed(FailureLifting.lift(error))
            }
        }
        let listening = Task {
            for await number in signals { take(number, cancelling: work) }
        }
        var result = await work.value
        let first = stop.withLock { stop in
            stop.isOver = true
            return stop.requests.first
        }
        if let first { result.name(StopRequests.status(of: first)) }
        answer.give { render(result) }
        // Not earlier: a signal with its own effect again would end the process in the middle of its document.
        listening.cancel()
        return result.status.rawValue
    }

    private func take(_ number: Int32, cancelling work: Task<CommandResult, Never>) {
        let (request, isOver) = stop.withLock { ($0.requests.take(number, at: .now), $0.isOver) }
        if isOver { return endSoon(number) }
        switch request {
        case .nothingNew: break
        case .stopNow: stopNow(number)
        case .stopSafely:
            console.problem("\nstopping safely (again to stop now)")
            work.cancel()
        }
    }

    private func render(_ result: CommandResult) {
        var result = result
        result.rephraseHint(session.repeatedOptions.added)
        switch session.global.output {
        case .json:
            guard !result.isPrinted else { break }
            console.document { result.writeDocument(pretty: !type(of: command).printsLines, to: $0) }
        case .text:
            if !result.text.isEmpty { console.result(result.text) }
        }
        if let failure = result.failure {
            console.annotate(failure)
            console.problem(FailureText.text(failure, palette: Palette(isEnabled: console.style.usesColor)))
        }
    }

    private func failed(_ failure: Failure) -> CommandResult {
        var document = EmptyDocument.of(schema: type(of: command).schema, environment: session.environmentName)
        document["error"] = ReleaseJSON.failure(failure)
        return CommandResult(document, text: "", status: ExitStatus(failure), failure: failure)
    }

    // MARK: - The second signal

    /// Nothing is undone; the journal says where the run stood.
    private func stopNow(_ number: Int32) {
        endSoon(number)
        guard let result = stopped(with: StopRequests.status(of: number)) else {
            // Of what follows the end of a release nothing is waited for.
            ChildProcess.killAll()
            return session.endHooks.leave()
        }
        endChildren()
        console.endList()
        answer.give { render(result) }
        _exit(result.status.rawValue)
    }

    /// A step may have been in the middle of starting a program when the first signal came, and the program is known
    /// only some milliseconds later. Nothing new is started after that signal, so this has an end.
    private func endChildren() {
        for _ in 0..<20 {
            ChildProcess.killAll()
            usleep(5000)
        }
        ChildProcess.killAll()
    }

    /// Whoever reads our output may have stopped reading, and then it never goes out: not even that keeps us here.
    private func endSoon(_ number: Int32) {
        // A handler takes no context along.
        if StopRequests.status(of: number) == .interrupted {
            signal(SIGALRM) { _ in _exit(ExitStatus.interrupted.rawValue) }
        } else {
            signal(SIGALRM) { _ in _exit(ExitStatus.terminated.rawValue) }
        }
        alarm(1)
    }

    /// Nil when a release has ended already: then its own document is about to come.
    private func stopped(with status: ExitStatus) -> CommandResult? {
        let category: Failure.Category = status == .interrupted ? .interrupted : .terminated
        let standing = session.underWay?.stop(by: category) ?? .notBegun
        // A release that has ended is one of many: the loop would go on with the next.
        if let loop = session.loopUnderWay { return loop.stopped(by: category, status) }
        switch standing {
        case .notBegun: return failed(Failure(category, "stopped at once", hint: "stagectl status"))
        case .left(let release) where release.kind == .prune:
            return failed(release.error ?? Failure(category, "stopped at once", hint: "stagectl prune"))
        case .left(let release):
            return CommandResult(ReleaseJSON.release(release), text: "", status: status, failure: release.error)
        case .ended: return nil
        }
    }

    private static func console(for global: GlobalOptions) -> Console {
        Console(
            style: TerminalAbilities().style(
                global, errorIsTerminal: Console.isTerminal(error: true),
                resultIsTerminal: Console.isTerminal(error: false)))
    }
}

extension CommandResult {
    fileprivate mutating func rephraseHint(_ rephrased: (String) -> String) {
        if let hint = failure?.hint { failure?.hint = rephrased(hint) }
        guard var error = document["error"], let hint = error["hint"]?.string else { return }
        error["hint"] = .string(rephrased(hint))
        document["error"] = error
    }

    /// Whatever was interrupted says by what.
    fileprivate mutating func name(_ status: ExitStatus) {
        guard self.status == .interrupted else { return }
        self.status = status
        guard var failure, failure.category == .interrupted else { return }
        failure.category = status == .terminated ? .terminated : .interrupted
        failure.hint = failure.hint ?? "stagectl status"
        self.failure = failure
        document["error"] = ReleaseJSON.failure(failure)
    }
}
