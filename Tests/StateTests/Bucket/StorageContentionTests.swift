import Commands
import GoogleCloud
import GoogleCloudStub
import Releases
import State
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Real processes that race for one lock in a bucket.
@Suite(.serialized) struct StorageContentionTests {
    private static let products: String = {
        let bundle = ProcessInfo.processInfo.arguments.first { $0.hasSuffix(".xctest") } ?? ""
        return URL(filePath: bundle).deletingLastPathComponent().path
    }()

    /// Each takes the lock, writes an entry and gives the lock back; a file that may exist once is made inside.
    private func race(_ processes: Int, rounds: Int, at base: String) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/contend-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let results = try await withThrowingTaskGroup(of: ProcessResult.self) { group in
            for number in 0..<processes {
                group.addTask {
                    var command = CommandLine(
                        [Self.products + "/contend", folder, "run-\(number)", "\(rounds)"], deadline: .seconds(300))
                    command.environment["CONTEND_STORAGE"] = base
                    return try await ChildProcess.run(command)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for result in results {
            #expect(result.exitCode == 0, "\(result.errorText)")
            #expect(result.outputText == "\(rounds) entered, 0 collisions, 0 refused\n", "\(result.outputText)")
        }
        let client = StorageServer.client(base)
        let state = BucketState(CloudStorageBucket({ client }, bucket: "team", prefix: "contend"))
        for number in 0..<processes {
            #expect(try await state.read(run: "run-\(number)")?.entries.count == rounds)
        }
    }

    @Test(arguments: StorageServer.allCases)
    func `of 16 processes exactly one writes at a time`(server: StorageServer) async throws {
        try await server.with { base in try await race(16, rounds: 10, at: base) }
    }

    @Test func `also where every tenth request goes wrong`() async throws {
        try await StorageServer.stub.with { stub in
            stub.trouble(percent: 10)
        } _: { base in
            try await race(16, rounds: 3, at: base)
        }
    }

    @Test func `also where one name takes no more changes than Cloud Storage allows`() async throws {
        try await StorageServer.stub.with { stub in
            stub.limitChanges(to: .milliseconds(100))
        } _: { base in
            try await race(4, rounds: 3, at: base)
        }
    }
}
