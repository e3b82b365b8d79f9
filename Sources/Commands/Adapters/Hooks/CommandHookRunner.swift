import Configuration
import JSON
import Releases
import Reporting
import Transport

/// Runs hooks as child processes, each a group of its own that ends with this process.
struct CommandHookRunner: HookRunner {
    let secrets: SecretValues
    let console: Console
    /// The folder that holds `environments/`.
    let root: String

    /// Of each stream, beside what goes out line by line.
    private static let keptOutput = 64 << 10

    func run(_ call: HookCall, progress: @escaping @Sendable (String) -> Void) async throws {
        guard case .command(let arguments) = call.hook.effect else {
            throw Failure(.internalError, "`\(call.hook.name)` is not a command")
        }
        var variables = HookDocument.variables(call)
        for variable in call.hook.environment {
            switch variable.value {
            case .literal(let text): variables[variable.name] = text
            case .reference(let reference): variables[variable.name] = try await secrets.value(of: reference)
            }
        }
        // Redacted after the secrets are known: whoever gets the document may write it down.
        let document = console.redacted(HookDocument.of(call).serialized()) + "\n"
        let command = CommandLine(
            arguments, environment: variables, workingDirectory: root + "/" + call.hook.folder,
            input: Array(document.utf8), deadline: .seconds(call.hook.timeoutSeconds), outputLimit: Self.keptOutput,
            endsWithThisProcess: true)
        let result: ProcessResult
        do throws(ProcessError) {
            result = try await ChildProcess.run(command) { _, line in progress(line) }
        } catch {
            throw failure(error, call.hook)
        }
        try Task.checkCancellation()
        if let failure = Self.failure(of: result, call.hook) { throw failure }
    }

    private func failure(_ error: ProcessError, _ hook: Hook) -> Failure {
        switch error {
        case .programNotFound(let program):
            Failure(
                .release, "the hook `\(hook.name)` cannot be started: `\(program)` is not there",
                hint: "a path starts from `\(hook.folder)` beside environments/; other programs are looked for in PATH")
        case .couldNotStart(let program, let reason):
            Failure(
                .release, "the hook `\(hook.name)` cannot be started: `\(program)`: \(reason)",
                hint: "see `hooks.\(hook.name)`: stagectl config show --origin")
        }
    }

    /// Pure: what an end means; nil for one with 0.
    static func failure(of result: ProcessResult, _ hook: Hook) -> Failure? {
        if result.timedOut {
            return Failure(
                .deadline, "the hook `\(hook.name)` did not end within \(hook.timeoutSeconds) s and was killed",
                hint: "give it more time: `timeout` of hooks.\(hook.name)")
        }
        guard result.exitCode != 0 else { return nil }
        let said = (result.errorText.isEmpty ? result.outputText : result.errorText).split(whereSeparator: \.isNewline)
        let end =
            result.exitCode > 128 ? "was ended by signal \(result.exitCode - 128)" : "ended with \(result.exitCode)"
        return Failure(
            .release, "the hook `\(hook.name)` \(end)",
            details: said.suffix(3).map { .init("it wrote", String($0.prefix(500))) },
            hint: "mend it, or let it only warn: `on_failure: warn` of hooks.\(hook.name)")
    }
}
