import Releases

/// Adds patience to a lock: a conflict is asked again until the time is over.
struct WaitingLock: ServiceLock {
    let inner: any ServiceLock
    /// Zero: a lock that somebody holds is an error at once.
    let patience: Duration
    let tell: @Sendable (String) -> Void

    func acquire(
        service: String, environment: String, holder: LockHolder, lease: Duration
    ) async throws -> LockTicket {
        let clock = ContinuousClock()
        let end = clock.now + patience
        var told = false
        while true {
            do {
                return try await inner.acquire(
                    service: service, environment: environment, holder: holder, lease: lease)
            } catch let failure as Failure where failure.category == .conflict && clock.now < end {
                if !told { tell("  waiting for the lock of \(service): \(failure.summary)") }
                told = true
                try await clock.sleep(for: .milliseconds(200))
            }
        }
    }

    func renew(_ ticket: LockTicket, lease: Duration) async throws {
        try await inner.renew(ticket, lease: lease)
    }

    func release(_ ticket: LockTicket) async throws {
        try await inner.release(ticket)
    }

    func holder(service: String, environment: String) async throws -> LockHolder? {
        try await inner.holder(service: service, environment: environment)
    }

    func breakLock(_ release: ForcedRelease) async throws -> LockHolder? {
        try await inner.breakLock(release)
    }

    func forcedReleases(environment: String, limit: Int) async throws -> [ForcedRelease] {
        try await inner.forcedReleases(environment: environment, limit: limit)
    }
}
