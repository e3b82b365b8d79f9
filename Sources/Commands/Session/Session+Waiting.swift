import Configuration
import Releases
import Reporting

/// What a command of `--wait-lock` does before it looks at the world.
struct LockedRun: Sendable {
    var run: String
    /// Empty where nobody wanted to wait: the plan's own steps take the locks.
    var tickets: [LockTicket] = []
}

extension Session {
    /// Whoever is ready to wait for a lock takes it before looking: a plan that was made before the wait would be about
    /// a world that the other release has changed since. The executor keeps the locks and takes them again as its own.
    func withLocks(
        of services: [Service], commit: String? = nil, patience: Duration?, dryRun: Bool,
        _ work: (LockedRun) async throws -> CommandResult
    ) async throws -> CommandResult {
        var locked = LockedRun(run: RunName.make())
        guard let patience, !dryRun else { return try await work(locked) }
        let inner = try state()
        let lock = WaitingLock(inner: inner, patience: patience) { [console] in console.progress($0) }
        let holder = LockHolder(
            run: locked.run, who: initiator, commit: commit, since: Timestamp.now(),
            process: LockProcess(host: Self.hostName, id: ProcessLife.own))
        let result: Result<CommandResult, any Error>
        do {
            // One order for everybody, the plan's own, so that two that wait never wait for each other.
            for service in services.map(\.name).sorted() {
                locked.tickets.append(
                    try await lock.acquire(
                        service: service, environment: environmentName, holder: holder, lease: ReleaseExecutor.lease))
            }
            result = .success(try await work(locked))
        } catch {
            result = .failure(error)
        }
        // What the executor has taken again it has released itself; releasing that here does nothing.
        for ticket in locked.tickets { try? await inner.release(ticket) }
        return try result.get()
    }
}
