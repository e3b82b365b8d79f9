import Releases
import Transport

/// Runs an engine's command line.
struct EngineShell: Sendable {
    let engine: ContainerEngine

    /// - Parameter environment: goes before the engine's own.
    func run(
        _ arguments: [String], deadline: Duration, environment: [String: String] = [:],
        onLine: (@Sendable (OutputStream, String) -> Void)? = nil
    ) async throws -> ProcessResult {
        let command = CommandLine(
            arguments, environment: engine.environment.merging(environment) { $1 }, deadline: deadline)
        return try await Tool.run(command, onLine: onLine)
    }

    /// The same where the answer is a hint and a failure is none.
    func ask(
        _ arguments: [String], deadline: Duration = .seconds(60), environment: [String: String] = [:]
    ) async -> String? {
        let result = try? await run(arguments, deadline: deadline, environment: environment)
        return result?.exitCode == 0 ? result?.outputText : nil
    }
}
