import Configuration
import Releases
import Reporting

/// A run that has its name, and perhaps locks, before it has a plan.
struct LockedRun: Sendable {
    let run: String
    /// Empty where nobody wanted to wait: the plan's own steps take the locks.
    let held = HeldLocks()
}

extension Session {
    /// Whoever is ready to wait for a lock takes it before looking: a plan that was made before the wait would be about
    /// a world that the other release has changed since.
    func withLocks(
        of placements: [Placement], commit: String? = nil, patience: Duration?, dryRun: Bool,
        run: String = RunName.make(), _ work: (LockedRun) async throws -> CommandResult
    ) async throws -> CommandResult {
        let locked = LockedRun(run: run)
        guard let patience, !dryRun else { return try await work(locked) }
        let state = try state()
        // The first lease must outlive the wait for the last, and the planning.
        let keeping = Task {
            _ = await locked.held.keep(with: state, lease: ReleaseExecutor.lease, clock: SystemClock())
        }
        let result: Result<CommandResult, any Error>
        do {
            try await waitForLocks(of: placements, for: locked, commit: commit, patience: patience, state)
            result = .success(try await work(locked))
        } catch {
            result = .failure(error)
        }
        keeping.cancel()
        await keeping.value
        for ticket in await locked.held.clear() { try? await state.release(ticket) }
        return try result.get()
    }

    /// A conflict is asked again until the time is over.
    private func waitForLocks(
        of placements: [Placement], for locked: LockedRun, commit: String?, patience: Duration, _ lock: any ServiceLock
    ) async throws {
        let holder = LockHolder(
            run: locked.run, who: initiator, commit: commit, since: Timestamp.now(),
            process: ProcessLife.this)
        let clock = ContinuousClock()
        let end = clock.now + patience
        var told = false
        // One order for everybody, the plan's own, so that two that wait never wait for each other.
        for service in placements.map(\.key).sorted() {
            while true {
                do {
                    let ticket = try await lock.acquire(
                        service: service, environment: environmentName, holder: holder, lease: ReleaseExecutor.lease)
                    await locked.held.add(ticket)
                    break
                } catch let failure as Failure where failure.category == .conflict && clock.now < end {
                    if !told { console.progress("  waiting for the lock of \(service): \(failure.summary)") }
                    told = true
                    try await clock.sleep(for: .milliseconds(200))
                }
            }
        }
    }
}
