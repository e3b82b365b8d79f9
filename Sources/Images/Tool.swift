import Releases
import Transport

/// Runs a program of a build and lifts what can go wrong with the running itself to ``Failure``.
enum Tool {
    static func run(
        _ command: CommandLine, onLine: (@Sendable (OutputStream, String) -> Void)? = nil
    ) async throws -> ProcessResult {
        let result: ProcessResult
        // A build whose release is gone serves nobody.
        var command = command
        command.endsWithThisProcess = true
        do throws(ProcessError) {
            result = try await ChildProcess.run(command, onLine: onLine)
        } catch {
            // A program that dies of the cancellation must not look like one that failed.
            try Task.checkCancellation()
            throw error.failure
        }
        try Task.checkCancellation()
        if result.timedOut, let deadline = command.deadline {
            throw Failure(
                .deadline, "`\(command.arguments.joined(separator: " "))` took longer than \(deadline)",
                hint: "run it by hand to see where it hangs", mayHaveHappened: true)
        }
        return result
    }
}

extension ProcessError {
    var failure: Failure {
        switch self {
        case .programNotFound(let program):
            Failure(
                .unavailable, "`\(program)` is not installed",
                hint: "install `\(program)`, or choose another builder with `--builder`")
        case .couldNotStart(let program, let reason):
            Failure(
                .unavailable, "`\(program)` cannot be started", details: [.init("reason", reason)],
                hint: "check that `\(program)` is executable")
        }
    }
}
