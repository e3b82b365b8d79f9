import Synchronization

/// What an instance reports on its way up.
extension InstancePool {
    /// A container runs. False when its instance is not wanted any more.
    func started(_ running: RunningInstance, container: String, in start: InstanceStart) -> Bool {
        let isWanted = state.withLock { state in
            guard !state.isClosed,
                let index = state.revisions[start.revision]?.instances.firstIndex(where: { $0.id == start.id }),
                state.revisions[start.revision]?.instances[index].phase == .starting
            else { return false }
            state.revisions[start.revision]?.instances[index].containers.append((container, running))
            if container == start.blueprint.ingress {
                state.revisions[start.revision]?.instances[index].host = running.host
                state.revisions[start.revision]?.instances[index].port = running.port
            }
            return true
        }
        guard isWanted else { return false }
        work.add { [self] in
            let code = await runtime.waitForExit(of: running)
            if !Task.isCancelled { ended(start.id, of: start.revision, code: code) }
        }
        return true
    }

    func running(_ container: String, of start: InstanceStart) -> RunningInstance? {
        state.withLock { state in
            state.revisions[start.revision]?.instances.first { $0.id == start.id }?
                .containers.first { $0.name == container }?.running
        }
    }

    /// Of the first container of an instance that ended.
    func exitCode(of start: InstanceStart) -> Int32? {
        state.withLock { state in
            guard let instance = state.revisions[start.revision]?.instances.first(where: { $0.id == start.id }) else {
                // Removed with its revision while it started.
                return -1
            }
            return instance.exitCode
        }
    }

    /// Puts an instance among the ready ones, or notes that it did not come up; tells everybody who waits. Returns why
    /// it is not ready.
    func finishStart(_ start: InstanceStart, failure: StartupFailure?, took time: Duration) -> StartupFailure? {
        var resumptions = Resumptions()
        let result = state.withLock { state -> StartupFailure? in
            guard var entry = state.revisions[start.revision] else { return .interrupted }
            defer { state.revisions[start.revision] = entry }
            let failure = failure ?? markReady(start, in: &entry)
            if let failure {
                entry.setPhase(.stopping, of: start.id)
                entry.backOff(now: .now)
                guard entry.ready.isEmpty, entry.starting == 0 else { return failure }
                resumptions.tell(&entry, failure)
                resumptions.refuse(entry.waiting, failure == .interrupted ? .stopped : .couldNotStart)
                entry.waiting = []
                return failure
            }
            entry.backoffUntil = nil
            entry.startupTime = time
            resumptions.tell(&entry, nil)
            resumptions.serve(&entry)
            return nil
        }
        resumptions.run()
        return result
    }

    private func markReady(_ start: InstanceStart, in entry: inout RevisionInstances) -> StartupFailure? {
        guard let index = entry.instances.firstIndex(where: { $0.id == start.id }),
            entry.instances[index].phase == .starting
        else { return .interrupted }
        if let code = entry.instances[index].exitCode { return .exited(code: code, port: start.blueprint.port) }
        let now = ContinuousClock.now
        entry.usedAt = now
        entry.instances[index].phase = .ready
        entry.instances[index].readySince = now
        entry.instances[index].idleSince = now
        entry.instances[index].watches = start.blueprint.containers.flatMap { container in
            container.watched.map { ProbeWatch(container: container.name, probe: $0, start: now) }
        }
        return nil
    }

    func log(_ text: String, severity: String, blueprint: InstanceBlueprint, instance: String) {
        logs.append(
            .system(
                text, severity: severity, service: blueprint.service.path, revision: blueprint.revision,
                instance: instance, at: now()))
    }
}

/// Answers to those who wait, gathered under the lock and given outside of it.
struct Resumptions: Sendable {
    private var calls: [@Sendable () -> Void] = []

    mutating func tell(_ entry: inout RevisionInstances, _ failure: StartupFailure?) {
        for observer in entry.observers { calls.append { observer.resume(failure) } }
        entry.observers = []
    }

    mutating func serve(_ entry: inout RevisionInstances) {
        for (waiter, lease) in entry.served() { calls.append { waiter.resume(.success(lease)) } }
    }

    mutating func refuse(_ waiters: [RevisionInstances.Waiter], _ reason: InstanceUnavailable) {
        for waiter in waiters { calls.append { waiter.resume(.failure(reason)) } }
    }

    func run() {
        for call in calls { call() }
    }
}
