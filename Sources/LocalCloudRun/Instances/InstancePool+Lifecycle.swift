import Synchronization

extension InstancePool {
    /// Starts one instance, probes it and puts it among the ready ones.
    func start(_ revision: String) async -> StartupFailure? {
        let prepared = state.withLock { state -> (InstanceBlueprint, String, [String])? in
            guard let blueprint = state.revisions[revision]?.blueprint else { return nil }
            state.nextInstance += 1
            return (blueprint, "\(blueprint.revision)-\(state.nextInstance)", state.hostNames)
        }
        guard let (blueprint, id, hostNames) = prepared else { return .interrupted }
        let running: RunningInstance
        do throws(StartupFailure) {
            running = try await launch(blueprint, id: id, hostNames: hostNames)
        } catch {
            log(error, of: blueprint, instance: id)
            return error
        }
        let isWanted = state.withLock { state in
            guard !state.isClosed, state.revisions[revision] != nil else { return false }
            state.revisions[revision]?.instances.append(
                RevisionInstances.Instance(id: id, running: running, phase: .starting, idleSince: .now))
            return true
        }
        guard isWanted else {
            await uncancelled { [self] in await runtime.stop(running, grace: settings.stopGrace) }
            return .interrupted
        }
        work.add { [self] in
            let code = await runtime.waitForExit(of: running)
            if !Task.isCancelled { ended(id, of: revision, code: code) }
        }
        let failure = await ProbeRun(
            probe: limited(blueprint.probe), instance: running, container: blueprint.container,
            exitCode: { [self] in exitCode(of: id, revision: revision) },
            log: { [self] in log($0, severity: $1, blueprint: blueprint, instance: id) })()
        if let failure {
            await stop(id, of: revision)
            return failure
        }
        return state.withLock { state in
            guard let index = state.revisions[revision]?.instances.firstIndex(where: { $0.id == id }),
                state.revisions[revision]?.instances[index].phase == .starting
            else { return .interrupted }
            let code = state.revisions[revision]?.instances[index].exitCode
            if let code { return .exited(code: code, port: blueprint.port) }
            state.revisions[revision]?.instances[index].phase = .ready
            state.revisions[revision]?.instances[index].readySince = .now
            state.revisions[revision]?.instances[index].idleSince = .now
            return nil
        }
    }

    private func launch(
        _ blueprint: InstanceBlueprint, id: String, hostNames: [String]
    ) async throws(StartupFailure) -> RunningInstance {
        let environment = try blueprint.environment(secret: secret)
        let service = blueprint.service.path
        let logs = self.logs
        let now = self.now
        do throws(RuntimeError) {
            let facts = try await runtime.inspect(image: blueprint.image)
            guard
                facts.platform.isEmpty || facts.platform.hasPrefix("amd64/") || facts.platform.hasPrefix("linux/amd64")
            else { throw RuntimeError.wrongPlatform(image: blueprint.image, platform: facts.platform) }
            return try await runtime.start(
                InstanceSpecification(
                    owner: settings.owner, service: blueprint.service.id, revision: blueprint.revision, instance: id,
                    image: blueprint.image, command: blueprint.command, arguments: blueprint.arguments,
                    environment: environment, port: blueprint.port, cpu: blueprint.cpu, memory: blueprint.memory,
                    hostNames: hostNames,
                    output: { line, isError in
                        logs.append(
                            .output(
                                line, isError: isError, service: service, revision: blueprint.revision, instance: id,
                                at: now()))
                    }))
        } catch {
            switch error {
            case .imageNotFound(let image): throw .imageNotFound(image)
            case .wrongPlatform(let image, let platform): throw .wrongPlatform(image: image, platform: platform)
            case .couldNotStart(let reason): throw .couldNotStart(reason: reason)
            case .unavailable(let reason): throw .engineUnavailable(reason: reason)
            }
        }
    }

    private func limited(_ probe: StartupProbe) -> StartupProbe {
        guard let limit = settings.startupLimit else { return probe }
        var result = probe
        result.timeout = min(result.timeout, limit)
        result.period = min(result.period, limit)
        return result
    }

    private func exitCode(of id: String, revision: String) -> Int32? {
        state.withLock { state in
            guard let instance = state.revisions[revision]?.instances.first(where: { $0.id == id }) else {
                // Removed with its revision while it started.
                return -1
            }
            return instance.exitCode
        }
    }

    /// An instance has ended, by itself or because it was stopped.
    private func ended(_ id: String, of revision: String, code: Int32) {
        let crashed = state.withLock { state -> InstanceBlueprint? in
            guard var entry = state.revisions[revision], let index = entry.instances.firstIndex(where: { $0.id == id })
            else { return nil }
            let instance = entry.instances[index]
            switch instance.phase {
            case .stopping: return nil
            case .starting: entry.instances[index].exitCode = code
            case .ready:
                entry.instances.remove(at: index)
                // One that ran for long enough starts the count anew.
                if let since = instance.readySince, since + .seconds(30) < .now { entry.failures = 0 }
                entry.backOff(now: .now)
            }
            state.revisions[revision] = entry
            return entry.blueprint
        }
        guard let crashed else { return }
        log("Container called exit(\(code)).", severity: "WARNING", blueprint: crashed, instance: id)
    }

    /// SIGTERM, then SIGKILL after ten seconds, and forgets it.
    func stop(_ id: String, of revision: String) async {
        let running = state.withLock { state -> RunningInstance? in
            guard let index = state.revisions[revision]?.instances.firstIndex(where: { $0.id == id }) else {
                return nil
            }
            state.revisions[revision]?.instances[index].phase = .stopping
            return state.revisions[revision]?.instances[index].running
        }
        guard let running else { return }
        await uncancelled { [self] in await runtime.stop(running, grace: settings.stopGrace) }
        state.withLock { $0.revisions[revision]?.instances.removeAll { $0.id == id } }
    }

    /// Stops the instances of a revision that was deleted.
    func remove(_ revision: String) async {
        let running = state.withLock { state in
            state.revisions.removeValue(forKey: revision)?.instances.filter { $0.phase != .stopping }.map(\.running)
                ?? []
        }
        await stopAll(running)
    }

    /// Stops everything, and starts nothing any more.
    func close() async {
        let running = state.withLock { state in
            state.isClosed = true
            defer { state.revisions = [:] }
            return state.revisions.values.flatMap { $0.instances.map(\.running) }
        }
        await stopAll(running)
    }

    private func stopAll(_ running: [RunningInstance]) async {
        await uncancelled { [self] in
            await withDiscardingTaskGroup { group in
                for instance in running {
                    group.addTask { [self] in await runtime.stop(instance, grace: settings.stopGrace) }
                }
            }
        }
    }

    /// Restarts what is missing and stops what is idle, until it is cancelled.
    func maintain() async {
        while !Task.isCancelled {
            sweep(now: .now)
            do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
        }
    }

    private func sweep(now: ContinuousClock.Instant) {
        state.withLock { state in
            for (name, entry) in state.revisions {
                let alive = entry.instances.filter { $0.phase != .stopping }.count
                if alive < entry.desired, !entry.isStarting, !entry.isBackingOff(now: now) {
                    _ = beginStart(of: name, in: &state)
                }
                for id in entry.superfluous(now: now, idleTimeout: settings.idleTimeout) {
                    guard let index = entry.instances.firstIndex(where: { $0.id == id }) else { continue }
                    // Marked at once, so that no request gets it and no second sweep stops it again.
                    state.revisions[name]?.instances[index].phase = .stopping
                    work.add { [self] in await stop(id, of: name) }
                }
            }
        }
    }

    private func log(_ failure: StartupFailure, of blueprint: InstanceBlueprint, instance: String) {
        let message: String? =
            switch failure {
            case .imageNotFound(let image): "Image '\(image)' not found."
            case .couldNotStart(let reason): "The container could not be started: \(reason)."
            case .engineUnavailable(let reason): "The container engine is not available: \(reason)."
            default: nil
            }
        if let message { log(message, severity: "ERROR", blueprint: blueprint, instance: instance) }
    }

    private func log(_ text: String, severity: String, blueprint: InstanceBlueprint, instance: String) {
        logs.append(
            .system(
                text, severity: severity, service: blueprint.service.path, revision: blueprint.revision,
                instance: instance, at: now()))
    }
}
