#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Runs child processes, each in a process group of its own, so that one Ctrl-C is handled by stagectl alone.
package enum ChildProcess {
    /// Runs to the end. A non-zero exit is a result, not an error. Cancelling the task ends the child's whole group
    /// (SIGTERM, grace, SIGKILL) before this returns; a task that is cancelled already starts nothing and gets the
    /// exit code of SIGTERM. `onLine` gets every line as it comes, without its newline.
    package static func run(
        _ command: CommandLine, onLine: (@Sendable (OutputStream, String) -> Void)? = nil
    ) async throws(ProcessError) -> ProcessResult {
        let program = try Spawn.resolve(command)
        if Task.isCancelled {
            return ProcessResult(exitCode: 128 + SIGTERM, output: [], errorOutput: [])
        }
        guard let events = EventPipe() else {
            throw .couldNotStart(program: program, reason: "no pipe can be made: \(describe(errno))")
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Outcome, Never>) in
                let started = WorkerThread.start {
                    continuation.resume(returning: Supervisor.run(command, program, events, onLine))
                }
                if !started {
                    continuation.resume(
                        returning: .failure(.couldNotStart(program: program, reason: "no thread can be made")))
                }
            }
        } onCancel: {
            events.send(.cancelled)
        }
        return try result.get()
    }

    /// Starts a program that outlives this one, in a session of its own; its output is appended to the file.
    package static func spawnDetached(
        _ command: CommandLine, standardOutput path: String
    ) throws(ProcessError) -> Int32 {
        let program = try Spawn.resolve(command)
        let log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else {
            throw .couldNotStart(program: program, reason: "`\(path)` cannot be written: \(describe(errno))")
        }
        defer { close(log) }
        let child = try Spawn.start(command, program, Spawn.Streams(input: nil, output: log, error: log)).get()
        // Whoever asks whether it still runs must not be told yes by its unreaped entry.
        _ = WorkerThread.start {
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
        }
        return child
    }

    /// The path of a program as PATH has it; nil when there is none that can be executed.
    package static func locate(_ program: String) -> String? {
        guard !program.isEmpty, !program.utf8.contains(0) else { return nil }
        if program.utf8.contains(UInt8(ascii: "/")) { return isExecutable(program) ? program : nil }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
            let candidate = (folder.isEmpty ? "." : String(folder)) + "/" + program
            if isExecutable(candidate) { return candidate }
        }
        return nil
    }

    typealias Outcome = Result<ProcessResult, ProcessError>

    static func describe(_ code: Int32) -> String {
        var text = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let words = String(decoding: bytes, as: UTF8.self)
        return words.prefix(1).lowercased() + words.dropFirst()
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
