import Synchronization
import Testing

@testable import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Servers of PyPI's `websockets` and `wsproto`, in one process that is ended with this value's scope.
struct PythonPeers: Sendable {
    var websockets: Int
    var wsproto: Int
    /// Answers that go on.
    var streams: Int

    /// Nil, with a printed reason, where they are not installed.
    static func run(_ body: (PythonPeers) async throws -> Void) async throws {
        guard let python = getenv("STAGECTL_PYTHON").map({ String(cString: $0) }), !python.isEmpty,
            try await ChildProcess.run(CommandLine([python, "-c", "import websockets, wsproto"])).exitCode == 0
        else {
            return print("skipped: STAGECTL_PYTHON names no Python with websockets and wsproto")
        }
        let ports = Mutex<[String: Int]>([:])
        let tests = String(describing: #filePath).split(separator: "/").dropLast(3).joined(separator: "/")
        let task = Task {
            try await ChildProcess.run(
                CommandLine([python, "/\(tests)/Conformance/clients/websocket_peers.py"], deadline: .seconds(120))
            ) { _, line in
                let words = line.split(separator: " ")
                guard words.count == 2, let port = Int(words[1]) else { return }
                ports.withLock { $0[String(words[0])] = port }
            }
        }
        let isReady = await eventually(within: .seconds(10)) { ports.withLock { $0.count } == 3 }
        if isReady {
            let found = ports.withLock { $0 }
            do {
                try await body(
                    PythonPeers(
                        websockets: found["websockets"] ?? 0, wsproto: found["wsproto"] ?? 0,
                        streams: found["streams"] ?? 0))
            } catch {
                task.cancel()
                _ = try await task.value
                throw error
            }
        }
        task.cancel()
        let ended = try await task.value
        #expect(isReady, "\(ended.errorText)")
    }
}
