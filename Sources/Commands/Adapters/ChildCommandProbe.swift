import Transport
import Verification

/// Command checks: a child process without a shell.
struct ChildCommandProbe: CommandProbe {
    private static let outputLimit = 4 << 20

    func run(_ request: CommandProbeRequest) async -> CommandProbeOutcome {
        let clock = ContinuousClock()
        let began = clock.now
        let deadline = Duration.milliseconds(request.timeoutMilliseconds)
        do throws(ProcessError) {
            let result = try await ChildProcess.run(
                CommandLine(
                    request.arguments, environment: request.environment, deadline: deadline,
                    outputLimit: Self.outputLimit, endsWithThisProcess: true))
            let milliseconds = (clock.now - began).milliseconds
            if result.timedOut {
                return .failure(
                    ProbeFailure(
                        .timeout, "it did not end within \(request.timeoutMilliseconds) ms", milliseconds: milliseconds)
                )
            }
            return .ended(
                CommandEnding(
                    exitCode: Int(result.exitCode), output: result.output, errorOutput: result.errorOutput,
                    milliseconds: milliseconds))
        } catch {
            let reason = Self.words(error, of: request.arguments.first ?? "")
            return .failure(ProbeFailure(.other, reason, milliseconds: (clock.now - began).milliseconds))
        }
    }

    /// Why a program does not run.
    static func words(_ error: ProcessError, of program: String) -> String {
        switch error {
        case .couldNotStart(_, let reason): "`\(program)` cannot be started: \(reason)"
        case .programNotFound: "`\(program)` is not there"
        }
    }
}
