import JSON

/// Runs one attempt of one task to its end: its containers are started in their order, and the exit code of the main
/// one counts; the others are stopped then.
struct TaskAttempt: Sendable {
    enum Outcome: Hashable, Sendable {
        case exited(Int32)
        case timedOut
        case cancelled
        case notStarted(StartupFailure)
        /// This server is stopping; the next one tries again.
        case interrupted
    }

    struct Container: Sendable {
        var container: TaskContainer
        var specification: InstanceSpecification
    }

    var runtime: any Runtime
    var containers: [Container]
    var timeout: Duration
    var grace: Duration
    var isCancelled: @Sendable () -> Bool
    /// What Cloud Run itself says of a probe.
    var log: @Sendable (_ text: String, _ severity: String) -> Void = { _, _ in }

    private enum End: Sendable {
        case byItself(Int32), cancelled, failed(StartupFailure)
    }

    func callAsFunction() async -> Outcome {
        let deadline = ContinuousClock.now + timeout
        let running = RunningTask()
        return await withTaskGroup { group in
            var end: End?
            do throws(StartupFailure) {
                try await start(running, before: deadline, in: &group)
                end = await poll(until: deadline) { () -> End? in
                    if let code = running.mainExit { return .byItself(code) }
                    if let failure = running.failure { return .failed(failure) }
                    return isCancelled() ? .cancelled : nil
                }
            } catch {
                end = isCancelled() ? .cancelled : ContinuousClock.now < deadline ? .failed(error) : nil
            }
            let isInterrupted = Task.isCancelled
            // One that has ended is only forgotten by this.
            await uncancelled { [runtime, grace] in
                await withDiscardingTaskGroup { group in
                    for instance in running.instances {
                        group.addTask { await runtime.stop(instance, grace: grace) }
                    }
                }
            }
            await group.waitForAll()
            switch end {
            case .byItself(let code): return .exited(code)
            case .cancelled: return .cancelled
            case .failed where isInterrupted: return .interrupted
            case .failed(let failure): return .notStarted(failure)
            case nil: return isInterrupted ? .interrupted : .timedOut
            }
        }
    }

    private func start(
        _ running: RunningTask, before deadline: ContinuousClock.Instant, in group: inout TaskGroup<Void>
    ) async throws(StartupFailure) {
        var unprobed: [TaskContainer] = []
        for (container, specification) in containers.map({ ($0.container, $0.specification) }) {
            for needed in unprobed where container.dependsOn.contains(needed.name) {
                if let failure = await probe(needed, running, before: deadline) { throw failure }
            }
            unprobed.removeAll { container.dependsOn.contains($0.name) }
            guard ContinuousClock.now < deadline, !isCancelled(), !Task.isCancelled else { throw .interrupted }
            var specification = specification
            specification.network = running.instances.first
            let instance = try await start(specification)
            running.started(instance, container)
            group.addTask { [runtime] in
                running.ended(container, code: await runtime.waitForExit(of: instance))
            }
            unprobed.append(container)
        }
        for container in unprobed where container.startup != nil {
            group.addTask { [self] in
                let failure = await probe(container, running, before: deadline)
                // One that ended before its probe is judged by how it ended.
                if let failure, failure == .probeFailed { running.failed(failure) }
            }
        }
    }

    private func start(_ specification: InstanceSpecification) async throws(StartupFailure) -> RunningInstance {
        do throws(RuntimeError) {
            let facts = try await runtime.inspect(image: specification.image)
            guard facts.platform == "amd64/linux" else {
                throw RuntimeError.wrongPlatform(image: specification.image, platform: facts.platform)
            }
            return try await runtime.start(specification)
        } catch {
            throw StartupFailure(error)
        }
    }

    /// A container without a probe is up as soon as it runs.
    private func probe(
        _ container: TaskContainer, _ running: RunningTask, before deadline: ContinuousClock.Instant
    ) async -> StartupFailure? {
        guard let probe = container.startup, let instance = running.instance(container) else { return nil }
        return await ProbeRun(
            probe: probe, target: instance.target(of: probe.port, requestPort: InstanceSpecification.noPort),
            container: container.name,
            exitCode: { [isCancelled] in
                // Nobody waits for a probe any more once the task is over.
                running.exit(of: container) ?? running.mainExit
                    ?? (isCancelled() || ContinuousClock.now >= deadline ? -1 : nil)
            },
            log: log)()
    }
}

extension TaskAttempt.Outcome {
    /// A container that cannot be started is not tried again: nothing would have changed. One that ran and did not come
    /// up is.
    var isRetried: Bool {
        switch self {
        case .exited(let code): code != 0
        case .timedOut, .notStarted(.probeFailed), .notStarted(.exited): true
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
        case .probeFailed: "The user-provided container failed the configured startup probe checks."
        case .exited(let code, _): "A container that another one depends on exited with code \(code)."
        default: "The container could not be started."
        }
    }
}
