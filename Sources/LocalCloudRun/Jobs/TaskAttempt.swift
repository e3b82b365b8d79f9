import JSON
import Synchronization

/// Runs one attempt of one task to its end: the container is started, nobody connects to it, and its exit code counts.
struct TaskAttempt: Sendable {
    enum Outcome: Hashable, Sendable {
        case exited(Int32)
        case timedOut
        case cancelled
        case notStarted(StartupFailure)
        /// This server is stopping; the next one tries again.
        case interrupted
    }

    var runtime: any Runtime
    var specification: InstanceSpecification
    var timeout: Duration
    var grace: Duration
    var isCancelled: @Sendable () -> Bool

    /// What the container ended with, once it has.
    private final class Exit: Sendable {
        let code = Mutex<Int32?>(nil)
    }

    private enum End: Sendable {
        case byItself, cancelled
    }

    func callAsFunction() async -> Outcome {
        let running: RunningInstance
        do throws(RuntimeError) {
            let facts = try await runtime.inspect(image: specification.image)
            guard facts.platform == "amd64/linux" else {
                throw RuntimeError.wrongPlatform(image: specification.image, platform: facts.platform)
            }
            running = try await runtime.start(specification)
        } catch {
            return .notStarted(StartupFailure(error))
        }
        let deadline = ContinuousClock.now + timeout
        let exit = Exit()
        return await withTaskGroup { group in
            group.addTask { [runtime] in
                let code = await runtime.waitForExit(of: running)
                exit.code.withLock { $0 = code }
            }
            let end = await poll(until: deadline) { () -> End? in
                if exit.code.withLock({ $0 }) != nil { return .byItself }
                return isCancelled() ? .cancelled : nil
            }
            let isInterrupted = Task.isCancelled
            // One that has ended is only forgotten by this.
            await uncancelled { [runtime, grace] in await runtime.stop(running, grace: grace) }
            await group.waitForAll()
            switch end {
            case .byItself: return .exited(exit.code.withLock { $0 } ?? -1)
            case .cancelled: return .cancelled
            case nil: return isInterrupted ? .interrupted : .timedOut
            }
        }
    }
}

extension TaskAttempt.Outcome {
    /// A container that cannot be started is not tried again: nothing would have changed.
    var isRetried: Bool {
        switch self {
        case .exited(let code): code != 0
        case .timedOut: true
        case .cancelled, .notStarted, .interrupted: false
        }
    }

    var isExit: Bool {
        if case .exited = self { true } else { false }
    }

    var message: String {
        switch self {
        case .exited: "The container exited with an error."
        case .timedOut: "The configured timeout was reached."
        case .cancelled: "Execution cancelled."
        case .notStarted(let failure): failure.taskMessage
        case .interrupted: "The server was stopped."
        }
    }

    /// As `lastAttemptResult`; nil where nothing ran. Codes above 128 are signals, as a shell reports them.
    var result: JSONValue? {
        switch self {
        case .exited(0): ["status": [:]]
        case .exited(let code) where (129...192).contains(code):
            [
                "termSignal": .integer(Int64(code - 128)),
                "status": ["code": 10, "message": .string(message)],
            ]
        case .exited(let code):
            ["exitCode": .integer(Int64(code)), "status": ["code": 10, "message": .string(message)]]
        case .timedOut: ["termSignal": 9, "status": ["code": 4, "message": .string(message)]]
        case .cancelled: ["status": ["code": 1, "message": .string(message)]]
        case .notStarted(let failure):
            ["status": ["code": .integer(Int64(failure.code)), "message": .string(message)]]
        case .interrupted: nil
        }
    }
}

extension StartupFailure {
    /// Without the sentence about a revision that begins the messages of services.
    var taskMessage: String {
        switch self {
        case .imageNotFound(let image): "Image '\(image)' not found."
        case .wrongPlatform(let image, let platform):
            "Cloud Run does not support image '\(image)': Container manifest type '\(platform)' must support amd64/linux."
        case .secretMissing(let place, let secret, let version):
            "\(place): Permission denied on secret: \(secret)/versions/\(version)."
        case .volumeUnavailable(let name, let reason): "Volume '\(name)' is not available: \(reason)."
        case .couldNotStart(let reason): "The container could not be started: \(reason)."
        case .engineUnavailable(let reason): "The container engine is not available: \(reason)."
        default: "The container could not be started."
        }
    }
}
