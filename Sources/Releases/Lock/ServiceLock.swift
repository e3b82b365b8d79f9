/// The right to change one service of one environment, in one region where it has several: a lease that must be renewed, with a token that only grows.
package protocol ServiceLock: Sendable {
    /// Takes the lock or throws `conflict` naming the holder. A lease that ran out is taken over; taking it again
    /// for the same run succeeds.
    func acquire(
        service: ServiceKey, environment: String, holder: LockHolder, lease: Duration
    ) async throws -> LockTicket

    /// Throws `conflict` when the lease is no longer this ticket's.
    func renew(_ ticket: LockTicket, lease: Duration) async throws

    /// Releasing what is not held (any more) does nothing.
    func release(_ ticket: LockTicket) async throws

    func holder(service: ServiceKey, environment: String) async throws -> LockHolder?

    /// Takes the lock from whoever holds it, writes down who did that and why, and returns the holder; nil when nobody
    /// held it. Every further write of that holder is a conflict.
    func breakLock(_ release: ForcedRelease) async throws -> LockHolder?

    /// Newest first.
    func forcedReleases(environment: String, limit: Int) async throws -> [ForcedRelease]
}

package struct LockHolder: Codable, Hashable, Sendable {
    package var run: String
    /// `user@host`.
    package var who: String
    package var commit: String?
    /// RFC 3339.
    package var since: String
    /// The process that holds it, as its own host numbers processes; nil in records of earlier versions.
    package var process: LockProcess?

    package init(run: String, who: String, commit: String?, since: String, process: LockProcess? = nil) {
        self.run = run
        self.who = who
        self.commit = commit
        self.since = since
        self.process = process
    }
}

/// A lock that was taken from its holder by hand.
package struct ForcedRelease: Codable, Hashable, Sendable {
    package var service: ServiceKey
    package var environment: String
    /// `user@host`.
    package var who: String
    package var reason: String
    /// RFC 3339.
    package var time: String
    /// Who had it.
    package var holder: LockHolder?

    package init(
        service: ServiceKey, environment: String, who: String, reason: String, time: String, holder: LockHolder? = nil
    ) {
        self.service = service
        self.environment = environment
        self.who = who
        self.reason = reason
        self.time = time
        self.holder = holder
    }
}

/// Tells a holder that has died from one that still works: a lease alone makes everybody wait until it has run out.
package struct LockProcess: Codable, Hashable, Sendable {
    package var host: String
    package var id: Int32
    /// What tells machines of one name apart, and containers of one machine: within it the process's number is unique.
    /// Nil in records of earlier versions.
    package var machine: String?

    package init(host: String, id: Int32, machine: String? = nil) {
        self.host = host
        self.id = id
        self.machine = machine
    }
}

package struct LockTicket: Codable, Hashable, Sendable {
    package var service: ServiceKey
    package var environment: String
    package var run: String
    /// Grows by every acquisition; a write with a lower one than the last is refused.
    package var fencingToken: Int64

    package init(service: ServiceKey, environment: String, run: String, fencingToken: Int64) {
        self.service = service
        self.environment = environment
        self.run = run
        self.fencingToken = fencingToken
    }
}
