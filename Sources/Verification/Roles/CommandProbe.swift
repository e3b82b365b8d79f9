/// Runs a program without a shell.
package protocol CommandProbe: Sendable {
    func run(_ request: CommandProbeRequest) async -> CommandProbeOutcome
}

package struct CommandProbeRequest: Hashable, Sendable {
    /// The program and its arguments.
    package var arguments: [String]
    /// Added to the environment of this process.
    package var environment: [String: String]
    package var timeoutMilliseconds: Int

    package init(arguments: [String], environment: [String: String] = [:], timeoutMilliseconds: Int = 60_000) {
        self.arguments = arguments
        self.environment = environment
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

package enum CommandProbeOutcome: Hashable, Sendable {
    case ended(CommandEnding)
    case failure(ProbeFailure)
}

package struct CommandEnding: Hashable, Sendable {
    /// 128 and the signal's number where a signal ended it.
    package var exitCode: Int
    package var output: [UInt8]
    package var errorOutput: [UInt8]
    package var milliseconds: Double

    package init(exitCode: Int, output: [UInt8] = [], errorOutput: [UInt8] = [], milliseconds: Double = 0) {
        self.exitCode = exitCode
        self.output = output
        self.errorOutput = errorOutput
        self.milliseconds = milliseconds
    }
}
