import Configuration
import Releases
import Reporting
import Synchronization
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Runs the command of `--fix`, or one before a release: as a group of its own that ends with this process, with
/// nothing of stagectl's secrets in its environment.
struct FixStepCommand: Sendable {
    /// Everything it writes is kept here, up to a bound.
    static let keptOutput = 16 << 20
    /// After SIGTERM, before SIGKILL.
    static let grace = Duration.seconds(10)

    let arguments: [String]
    let folder: String
    let seconds: Int
    /// Added to what it inherits.
    var variables: [String: String] = [:]
    /// Names of variables that it does not inherit beside stagectl's own.
    var hidden: Set<String> = []
    let log: String
    let label: String
    let console: Console

    /// What stagectl itself is given to get at the cloud; a fix has no business there. Where the state and the local
    /// Cloud Run are it may know: else the brief's lines, typed by it, would ask another one.
    static func isOwn(_ name: String) -> Bool {
        guard name != "STAGECTL_STATE", !name.hasPrefix("STAGECTL_LOCAL_") else { return false }
        return ["STAGECTL_", "GOOGLE_", "CLOUDSDK_", "GCE_METADATA_", "GCLOUD_", "GAE_", "FIREBASE_"].contains {
            name.hasPrefix($0)
        }
    }

    /// Nil for an end with 0; else what to say. Throws `CancellationError` when the loop is stopped.
    func run() async throws -> String? {
        let log = try FixStepLog(path: log, limit: Self.keptOutput)
        let names = ConfigurationLoader.processVariables().keys.filter { !Self.isOwn($0) && !hidden.contains($0) }
        var command = CommandLine(
            arguments, environment: variables, workingDirectory: folder, deadline: .seconds(seconds),
            grace: Self.grace, outputLimit: 0, endsWithThisProcess: true)
        command.inherited = Set(names)
        command.leavesNothing = true
        let (label, console) = (label, console)
        let result: ProcessResult
        do throws(ProcessError) {
            result = try await ChildProcess.run(command) { _, line in
                let safe = console.redacted(line)
                log.write(safe)
                console.progress("  \(label) │ \(safe)")
            }
        } catch {
            return FailureLifting.lift(error).summary
        }
        try Task.checkCancellation()
        return Self.failure(of: result, label: label, seconds: seconds, log: self.log)
    }

    /// Pure: what an end means.
    static func failure(of result: ProcessResult, label: String, seconds: Int, log: String) -> String? {
        if result.timedOut { return "the \(label) command did not end within \(seconds) s and was ended; see \(log)" }
        guard result.exitCode != 0 else { return nil }
        let end =
            result.exitCode > 128 ? "was ended by signal \(result.exitCode - 128)" : "ended with \(result.exitCode)"
        return "the \(label) command \(end); see \(log)"
    }
}

/// Lines of one command in a file, up to a bound.
final class FixStepLog: Sendable {
    private let descriptor: Int32
    private let room: Mutex<Int>

    init(path: String, limit: Int) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        room = Mutex(limit)
        guard descriptor >= 0 else {
            throw Failure(
                .unavailable, "`\(path)` cannot be written", details: [.init("why", String(cString: strerror(errno)))],
                hint: "see the folder's permissions: ls -ld \(path)")
        }
    }

    deinit { close(descriptor) }

    func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        room.withLock { room in
            guard room > 0 else { return }
            room -= bytes.count
            let kept = room > 0 ? bytes : Array("… everything after this was left out\n".utf8)
            #if canImport(Glibc)
            _ = Glibc.write(descriptor, kept, kept.count)
            #else
            _ = Darwin.write(descriptor, kept, kept.count)
            #endif
        }
    }
}
