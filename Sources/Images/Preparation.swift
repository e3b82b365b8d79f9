import Releases
import Transport

/// Runs each service's command before the build (`source.before`), once for equal commands in one folder even when
/// several services build at the same time. One value lives as long as one release: the next one runs them again.
package actor Preparation {
    private struct Key: Hashable {
        var command: [String]
        var folder: String
    }

    private enum State {
        case running(waiting: [CheckedContinuation<Void, Never>])
        case succeeded
        case failed(Failure)
    }

    private var states: [Key: State] = [:]
    private let deadline: Duration

    package init(deadline: Duration = .seconds(3600)) {
        self.deadline = deadline
    }

    /// Returns when the command has succeeded, now or earlier; an earlier failure is thrown again. An empty command
    /// is nothing to do.
    package func run(
        _ command: [String], in folder: String, output: @escaping @Sendable (String) -> Void
    ) async throws {
        guard !command.isEmpty else { return }
        let key = Key(command: command, folder: folder)
        while true {
            switch states[key] {
            case .succeeded: return
            case .failed(let failure): throw failure
            case .running:
                // Waits also when cancelled: whoever runs the command belongs to the same release and is cancelled too.
                await withCheckedContinuation { wait(for: key, $0) }
                try Task.checkCancellation()
            case nil:
                states[key] = .running(waiting: [])
                try await lead(key, output: output)
            }
        }
    }

    private func wait(for key: Key, _ continuation: CheckedContinuation<Void, Never>) {
        guard case .running(let waiting) = states[key] else { return continuation.resume() }
        states[key] = .running(waiting: waiting + [continuation])
    }

    private func lead(_ key: Key, output: @escaping @Sendable (String) -> Void) async throws {
        do {
            try await execute(key, output: output)
            finish(key, as: .succeeded)
        } catch let failure as Failure {
            finish(key, as: .failed(failure))
        } catch {
            // Cancelled: no result to remember; one of those who wait may try again.
            finish(key, as: nil)
            throw error
        }
    }

    private func finish(_ key: Key, as state: State?) {
        guard case .running(let waiting) = states[key] else { return }
        states[key] = state
        waiting.forEach { $0.resume() }
    }

    private func execute(_ key: Key, output: @escaping @Sendable (String) -> Void) async throws {
        let tail = LineTail()
        let command = CommandLine(key.command, workingDirectory: key.folder, deadline: deadline)
        let result = try await Tool.run(command) { _, line in
            tail.append(line)
            output(line)
        }
        guard result.exitCode == 0 else {
            let text = key.command.joined(separator: " ")
            throw Failure(
                .release, "`\(text)` before the build ended with exit code \(result.exitCode)", details: tail.details,
                hint: "run `\(text)` in `\(key.folder)`")
        }
    }
}
