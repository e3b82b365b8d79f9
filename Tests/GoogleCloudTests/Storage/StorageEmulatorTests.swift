import Synchronization
import Testing
import Transport

@testable import GoogleCloud

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Uploads against somebody else's code: `gcp-storage-emulator` of PyPI, beside the interpreter that
/// `STAGECTL_PYTHON` names.
@Suite(.serialized) struct StorageEmulatorTests {
    private static var program: String? {
        guard let python = getenv("STAGECTL_PYTHON").map({ String(cString: $0) }) else { return nil }
        let folder = python.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let program = "\(folder)/gcp-storage-emulator"
        return access(program, X_OK) == 0 ? program : nil
    }

    /// A port that nobody listened on a moment ago.
    private static func freePort() throws -> Int {
        let server = try LoopbackServer([])
        defer { server.stop() }
        return server.port
    }

    private func withEmulator(_ body: @escaping @Sendable (StorageClient) async throws -> Void) async throws {
        guard let program = Self.program else {
            return print("skipped: gcp-storage-emulator is not installed beside STAGECTL_PYTHON")
        }
        let port = try Self.freePort()
        let emulator = Task {
            try await ChildProcess.run(
                CommandLine(
                    [program, "start", "--host", "127.0.0.1", "--port", "\(port)", "--in-memory", "--quiet"],
                    deadline: .seconds(120), grace: .seconds(1)))
        }
        let client = storage("http://127.0.0.1:\(port)")
        let result: Result<Void, any Error>
        do {
            try await waitForAnswer(client)
            try await body(client)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        // Ends the child's whole group before it returns.
        emulator.cancel()
        _ = try? await emulator.value
        try result.get()
    }

    private func waitForAnswer(_ client: StorageClient) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while true {
            do {
                _ = try await client.object("none", in: "none")
                return
            } catch  where ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func `bucket, upload in parts, look, download, removal`() async throws {
        try await withEmulator { client in
            try await client.ensureBucket("p_cloudbuild", of: "p")
            try await client.ensureBucket("p_cloudbuild", of: "p")
            for count in [1, 256 << 10, (3 << 20) + 17] {
                let bytes = patterned(count)
                let name = "source/sha256-\(count).tar.gz"
                let object = try await client.upload(
                    source(bytes), as: name, in: "p_cloudbuild", ifGeneration: 0, partBytes: 1 << 20)
                #expect(object.bytes == Int64(count))
                let found = try #require(try await client.object(name, in: "p_cloudbuild"))
                #expect(StorageClient.holds(found, source(bytes)))
                #expect(try await client.download(name, in: "p_cloudbuild")?.bytes == bytes)
                let part = try await client.part(of: name, in: "p_cloudbuild", from: 0, limit: 1)
                #expect(part == .bytes([bytes[0]]))
                #expect(try await client.delete(name, in: "p_cloudbuild", ifGeneration: nil))
                #expect(try await client.object(name, in: "p_cloudbuild") == nil)
            }
            let small = try await client.insert(
                // The emulator parses what is called JSON, and then falls over it.
                Array("{}".utf8), as: "state/lock", in: "p_cloudbuild", contentType: "text/plain", ifGeneration: 0)
            #expect(small.bytes == 2)
            #expect(try await client.download("state/lock", in: "p_cloudbuild")?.bytes == Array("{}".utf8))
        }
    }

    @Test(.timeLimit(.minutes(2))) func `an upload goes on after its connection was cut`() async throws {
        try await withEmulator { client in
            try await client.ensureBucket("p_cloudbuild", of: "p")
            let bytes = patterned(2 << 20)
            // Cuts the second part's answer off: the emulator has it, the client does not know.
            let cut = CutConnection()
            let http = HTTPClient()
            let rest = RESTClient(
                tokens: FixedToken(value: nil),
                retry: RetryPolicy(firstDelay: .milliseconds(1), longestDelay: .milliseconds(5)), limits: CallLimits()
            ) { request throws(TransportError) in
                let response = try await http.send(request)
                if cut.cuts(request) { throw .connectionLost(reason: "cut") }
                return response
            }
            let shaky = StorageClient(endpoints: client.endpoints, rest: rest)
            let object = try await shaky.upload(
                source(bytes), as: "a", in: "p_cloudbuild", ifGeneration: 0, partBytes: 512 << 10)
            #expect(object.bytes == Int64(bytes.count))
            #expect(cut.count == 1)
            #expect(try await client.download("a", in: "p_cloudbuild")?.bytes == bytes)
        }
    }
}

/// Loses the answer to the second part.
private final class CutConnection: Sendable {
    private let parts = Mutex<Int>(0)
    private let cut = Mutex<Int>(0)

    var count: Int { cut.withLock { $0 } }

    func cuts(_ request: HTTPRequest) -> Bool {
        guard request.method == "PUT" else { return false }
        let isSecond = parts.withLock { parts in
            parts += 1
            return parts == 2
        }
        if isSecond { cut.withLock { $0 += 1 } }
        return isSecond
    }
}
