import Releases
import State
import Synchronization
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

/// The lock between real processes, and what becomes of a holder that stands still.
@Suite(.serialized) struct ContentionTests {
    private static let products: String = {
        let bundle = ProcessInfo.processInfo.arguments.first { $0.hasSuffix(".xctest") } ?? ""
        return URL(filePath: bundle).deletingLastPathComponent().path
    }()

    private func withFolder(_ work: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/contend-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await work(folder)
    }

    private func contend(_ arguments: String...) -> Transport.CommandLine {
        CommandLine([Self.products + "/contend"] + arguments, deadline: .seconds(300))
    }

    @Test(arguments: [2, 8, 32]) func `of many processes exactly one writes at a time`(processes: Int) async throws {
        let rounds = 1000
        try await withFolder { folder in
            _ = try SQLiteState(folder: folder + "/state")
            let results = try await withThrowingTaskGroup(of: ProcessResult.self) { group in
                for number in 0..<processes {
                    let share = rounds / processes + (number < rounds % processes ? 1 : 0)
                    group.addTask { try await ChildProcess.run(contend(folder, "run-\(number)", "\(share)")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for result in results {
                #expect(result.exitCode == 0, "\(result.errorText)")
                #expect(result.outputText.contains(" 0 collisions, 0 refused"), "\(result.outputText)")
            }
            let entries = try await entries(in: folder, processes)
            #expect(entries == rounds)
        }
    }

    private func entries(in folder: String, _ processes: Int) async throws -> Int {
        let state = try SQLiteState(folder: folder + "/state")
        var entries = 0
        for number in 0..<processes { entries += try await state.read(run: "run-\(number)")?.entries.count ?? 0 }
        return entries
    }

    @Test func `a holder that was frozen past its lease is refused when it wakes`() async throws {
        let rounds = 200
        try await withFolder { folder in
            let state = try SQLiteState(folder: folder + "/state")
            let woken = Mutex(0)
            let result = try await ChildProcess.run(
                CommandLine(
                    [
                        "/bin/sh", "-c", "echo $$; exec \"$0\" \"$@\"", Self.products + "/contend", folder,
                        "run-sleeper",
                        "\(rounds)", "sleeper",
                    ], deadline: .seconds(300))
            ) { _, line in
                if let process = Int32(line) { woken.withLock { $0 = Int(process) } }
                guard line == "holding" else { return }
                let process = Int32(woken.withLock { $0 })
                Task {
                    try await takeOver(state)
                    kill(process, SIGCONT)
                }
            }
            #expect(result.exitCode == 0, "\(result.errorText)")
            #expect(result.outputText.contains("0 entered, 0 collisions, \(rounds) refused"), "\(result.outputText)")
        }
    }

    /// Waits for the sleeper's lease to run out, as anybody would, and gives the lock back at once.
    private func takeOver(_ state: SQLiteState) async throws {
        while true {
            do {
                let ticket = try await state.acquire(
                    service: "backend", environment: "test",
                    holder: LockHolder(run: "run-other", who: "other", commit: nil, since: ""), lease: .seconds(30))
                return try await state.release(ticket)
            } catch let failure as Failure where failure.category == .conflict {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }
}
