import Testing
import Transport

/// A sample service as a plain process on a port of its own, broken as `SAMPLE_FAULT` says.
final class SamplePeer: Sendable {
    let base: String
    private let life: Task<ProcessResult?, Never>

    /// Waits until it answers.
    init(_ variables: [String: String] = [:]) async throws {
        let port = Int.random(in: 20_000..<30_000)
        base = "http://127.0.0.1:\(port)"
        let program = AcceptanceProject.products + "/SampleService"
        let given = [
            "PORT": "\(port)", "JWT_SECRET": "acceptance-secret", "SAMPLE_ROLE": "backend", "K_REVISION": "r-1",
        ].merging(variables) { $1 }
        life = Task { try? await ChildProcess.run(CommandLine([program], environment: given, grace: .seconds(2))) }
        let client = HTTPClient()
        let end = ContinuousClock.now + .seconds(30)
        while (try? await client.send(HTTPRequest("GET", base + "/ready", timeout: .seconds(10)))) == nil {
            try #require(ContinuousClock.now < end, "the sample does not answer")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func stop() async {
        life.cancel()
        _ = await life.value
    }
}
