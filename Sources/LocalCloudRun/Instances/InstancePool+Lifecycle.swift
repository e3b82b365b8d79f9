import Synchronization

/// From the first ready instance to the last stopped one.
extension InstancePool {
    /// Restarts what is missing, stops what is idle and asks the probes, until it is cancelled.
    func maintain() async {
        while !Task.isCancelled {
            sweep(now: .now)
            do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
        }
    }

    private func sweep(now: ContinuousClock.Instant) {
        var resumptions = Resumptions()
        state.withLock { state in
            for (name, entry) in state.revisions where !entry.isAtRest {
                scaleOut(name, in: &state)
                guard var entry = state.revisions[name] else { continue }
                stopIdle(&entry, now: now)
                beginProbes(&entry, now: now)
                resumptions.refuse(entry.overdue(now: now, patience: settings.queueTime), .noRoom)
                if entry.observers.contains(where: { $0.deadline <= now }) {
                    resumptions.tell(&entry, .deadlineExceeded)
                    for starting in entry.instances where starting.phase == .starting {
                        beginStop(of: starting.id, in: &entry)
                    }
                }
                state.revisions[name] = entry
            }
        }
        resumptions.run()
    }

    private func stopIdle(_ entry: inout RevisionInstances, now: ContinuousClock.Instant) {
        let superfluous = entry.superfluous(
            now: now, idleTimeout: settings.idleTimeout, scaleToZero: settings.scaleToZero)
        for id in superfluous { beginStop(of: id, in: &entry) }
    }

    private func beginStop(of id: String, in entry: inout RevisionInstances) {
        // Marked at once, so that no request gets it and no second sweep stops it again.
        entry.setPhase(.stopping, of: id)
        work.add { [self, name = entry.name] in await stop(id, of: name, grace: settings.stopGrace) }
    }

    // MARK: Liveness and readiness

    private func beginProbes(_ entry: inout RevisionInstances, now: ContinuousClock.Instant) {
        for index in entry.instances.indices where entry.instances[index].phase == .ready {
            for position in entry.instances[index].watches.indices
            where entry.instances[index].watches[position].isDue(at: now) {
                let watch = entry.instances[index].watches[position]
                let container = entry.instances[index].containers.first { $0.name == watch.container }
                guard let running = container?.running else { continue }
                entry.instances[index].watches[position].begin(at: now)
                let target = running.target(of: watch.probe.port, requestPort: entry.blueprint.port)
                work.add { [self, name = entry.name, id = entry.instances[index].id] in
                    let attempt = await ProbeAttempt.run(watch.probe.kind, at: target, timeout: watch.probe.timeout)
                    await probed(id, of: name, position: position, passed: attempt == .passed)
                }
            }
        }
    }

    private func probed(_ id: String, of revision: String, position: Int, passed: Bool) async {
        var resumptions = Resumptions()
        let outcome = state.withLock { state -> (ProbeWatch, ProbeWatch.Change, InstanceBlueprint)? in
            guard !state.isClosed, var entry = state.revisions[revision],
                let index = entry.instances.firstIndex(where: { $0.id == id && $0.phase == .ready })
            else { return nil }
            let change = entry.instances[index].watches[position].finish(passed: passed)
            switch change {
            case .dead:
                entry.fail(index, now: .now)
                // Cloud Run replaces it at once; only one that fails soon again waits.
                if entry.failures == 1 { entry.backoffUntil = nil }
            case .resumed: resumptions.serve(&entry)
            case .none, .paused: break
            }
            state.revisions[revision] = entry
            return (entry.instances[index].watches[position], change, entry.blueprint)
        }
        resumptions.run()
        guard let (watch, change, blueprint) = outcome else { return }
        if !passed || change == .resumed {
            log(watch.sentence(change), severity: passed ? "INFO" : "WARNING", blueprint: blueprint, instance: id)
        }
        // Cloud Run gives an instance that fails its liveness probe no time: SIGKILL.
        if change == .dead { await stop(id, of: revision, grace: .zero) }
    }

    // MARK: Ends

    /// A container has ended, by itself or because it was stopped; its instance ends with it.
    func ended(_ id: String, of revision: String, code: Int32) {
        let crashed = state.withLock { state -> InstanceBlueprint? in
            guard var entry = state.revisions[revision], let index = entry.instances.firstIndex(where: { $0.id == id })
            else { return nil }
            let instance = entry.instances[index]
            switch instance.phase {
            case .stopping: return nil
            case .starting: entry.instances[index].exitCode = instance.exitCode ?? code
            case .ready:
                entry.fail(index, now: .now)
                // What it leaves behind goes too: its other containers, its volumes, the dead container itself.
                work.add { [self] in await stop(id, of: revision, grace: settings.stopGrace) }
            }
            state.revisions[revision] = entry
            return entry.blueprint
        }
        guard let crashed else { return }
        log("Container called exit(\(code)).", severity: "WARNING", blueprint: crashed, instance: id)
    }

    /// SIGTERM, then SIGKILL after the grace, and forgets it.
    func stop(_ id: String, of revision: String, grace: Duration) async {
        let found = state.withLock { state -> (RevisionInstances.Instance, InstanceBlueprint)? in
            guard let entry = state.revisions[revision],
                let index = entry.instances.firstIndex(where: { $0.id == id })
            else { return nil }
            state.revisions[revision]?.instances[index].phase = .stopping
            return (entry.instances[index], entry.blueprint)
        }
        guard let (instance, blueprint) = found else { return }
        await end([(instance, blueprint)], grace: grace)
        state.withLock { $0.revisions[revision]?.instances.removeAll { $0.id == id } }
    }

    /// Stops the instances of a revision that was deleted.
    func remove(_ revision: String) async {
        var resumptions = Resumptions()
        let ending = state.withLock { state in Self.takeOut(state.revisions.removeValue(forKey: revision), &resumptions)
        }
        resumptions.run()
        await end(ending, grace: settings.stopGrace)
    }

    /// Stops everything, and starts nothing any more.
    func close() async {
        var resumptions = Resumptions()
        let ending = state.withLock { state in
            state.isClosed = true
            let entries = state.revisions.values
            state.revisions = [:]
            return entries.flatMap { Self.takeOut($0, &resumptions) }
        }
        resumptions.run()
        await end(ending, grace: settings.stopGrace)
    }

    private static func takeOut(
        _ entry: RevisionInstances?, _ resumptions: inout Resumptions
    ) -> [(RevisionInstances.Instance, InstanceBlueprint)] {
        guard var entry else { return [] }
        resumptions.tell(&entry, .interrupted)
        resumptions.refuse(entry.waiting, .stopped)
        return entry.instances.map { ($0, entry.blueprint) }
    }

    private func end(_ instances: [(RevisionInstances.Instance, InstanceBlueprint)], grace: Duration) async {
        await uncancelled { [self] in
            await withDiscardingTaskGroup { group in
                for (instance, blueprint) in instances {
                    group.addTask { [self] in
                        await withDiscardingTaskGroup { group in
                            for container in instance.containers {
                                group.addTask { [self] in await runtime.stop(container.running, grace: grace) }
                            }
                        }
                        await blueprint.volumes(of: instance.id, pool: self).remove()
                    }
                }
            }
        }
    }
}
