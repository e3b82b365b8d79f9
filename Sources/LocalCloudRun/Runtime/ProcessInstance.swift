import Synchronization
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One process from its launch to its end.
final class ProcessInstance: Sendable {
    /// Its exit code, once it and all that it started have ended and the last line was handed over.
    let end: Task<Int32, Never>
    private let state: State

    init(_ command: CommandLine, record: String, output: @escaping @Sendable (String, Bool) -> Void) {
        let state = State(record: record)
        self.state = state
        // Not structured: a process outlives the call that started it, and ends through `stop`.
        end = Task {
            // A launcher that cannot even be started leaves no record, by which `processID` tells.
            let result = try? await ChildProcess.run(command) { stream, line in
                if stream == .error || !state.takes(line) { output(line, stream == .error) }
            }
            state.finish()
            // What the process left behind in its group goes with it, as in a container.
            if let leader = ProcessRecord.read(record) { kill(-leader.processID, SIGKILL) }
            try? FileManager.default.removeItem(atPath: record)
            return result?.exitCode ?? 127
        }
    }

    /// Waits until the launcher has become the program; nil when that failed.
    func processID() async -> Int32? {
        for await _ in state.launched {}
        return state.processID
    }

    /// To the whole group; nothing once it has ended, as the number may then be another's.
    func signal(_ number: Int32) {
        state.signal(number)
    }

    private final class State: Sendable {
        private struct Values {
            var isLaunched = false
            var isOver = false
            var processID: Int32?
        }

        let launched: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation
        private let values = Mutex(Values())

        private let record: String

        init(record: String) {
            self.record = record
            (launched, continuation) = AsyncStream.makeStream()
        }

        /// Whether this line is the launcher's; only the first one is, whatever the program prints later.
        func takes(_ line: String) -> Bool {
            guard line == ProcessLaunch.readyLine else { return false }
            // Read now: a program that ends at once takes its record with it.
            let found = ProcessRecord.read(record)?.processID
            let isFirst = values.withLock { values in
                guard !values.isLaunched else { return false }
                values.isLaunched = true
                values.processID = found
                return true
            }
            if isFirst { continuation.finish() }
            return isFirst
        }

        func finish() {
            values.withLock { $0.isOver = true }
            continuation.finish()
        }

        /// nil until the launcher has become the program.
        var processID: Int32? { values.withLock(\.processID) }

        func signal(_ number: Int32) {
            values.withLock { values in
                if let processID = values.processID, !values.isOver { kill(-processID, number) }
            }
        }
    }
}
