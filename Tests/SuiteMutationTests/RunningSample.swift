import Foundation
import JSON
import Testing
import Transport

/// A sample service of one role, which may be mutated, as a plain process on a port of its own.
final class RunningSample: Sendable {
    let base: String
    private let life: Task<ProcessResult?, Never>

    /// Waits until it answers.
    init(role: String, _ variables: [String: String] = [:]) async throws {
        let port = Int.random(in: 20_000..<30_000)
        base = "http://127.0.0.1:\(port)"
        let bundle = ProcessInfo.processInfo.arguments.first { $0.hasSuffix(".xctest") } ?? ""
        let program = URL(filePath: bundle).deletingLastPathComponent().path + "/SampleService"
        let given = [
            "PORT": "\(port)", "JWT_SECRET": "sample-only-secret", "SAMPLE_ROLE": role, "K_SERVICE": role,
            "K_REVISION": "\(role)-1", "COMMIT": "0123456789abcdef0123456789abcdef01234567", "SAMPLE_MUTABLE": "1",
        ].merging(variables) { $1 }
        life = Task { try? await ChildProcess.run(CommandLine([program], environment: given, grace: .seconds(2))) }
        let client = HTTPClient()
        let end = ContinuousClock.now + .seconds(30)
        while (try? await client.send(HTTPRequest("GET", base + "/ready", timeout: .seconds(10)))) == nil {
            try #require(ContinuousClock.now < end, "the sample does not answer")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The names of all its mutations; one that is there twice is listed twice.
    func mutations() async throws -> [String] {
        let answer = try await HTTPClient().send(HTTPRequest("GET", base + "/~"))
        return try JSONValue(parsing: answer.body)["mutations"]?.array?.compactMap(\.string) ?? []
    }

    func stop() async {
        life.cancel()
        _ = await life.value
    }
}
