/// One service's lock as it is stored, and the rules by which it changes hands. A store only keeps it: reads, applies
/// one rule and writes back, with nobody in between.
package struct LockRecord: Codable, Hashable, Sendable {
    package var service: ServiceKey
    package var environment: String
    /// The highest token ever given for it. It outlives its holders, so no token comes twice.
    package var fencingToken: Int64
    package var holder: LockHolder?
    /// Seconds since 1970, by the clock of whoever keeps the record: only that clock decides what has run out.
    package var expires: Double

    package init(
        service: ServiceKey, environment: String, fencingToken: Int64 = 0, holder: LockHolder? = nil,
        expires: Double = 0
    ) {
        self.service = service
        self.environment = environment
        self.fencingToken = fencingToken
        self.holder = holder
        self.expires = expires
    }

    /// Who holds it at this moment; nil when its lease has run out, or its process is known to be gone.
    package func currentHolder(at time: Double, isGone: (LockHolder) -> Bool = { _ in false }) -> LockHolder? {
        guard expires > time, let holder, !isGone(holder) else { return nil }
        return holder
    }

    /// Whether the ticket is the last one given. A lease that ran out and that nobody took since is still its own.
    package func isHeld(by ticket: LockTicket) -> Bool {
        holder?.run == ticket.run && fencingToken == ticket.fencingToken
    }

    /// Gives it to a run, with the next token; to the one that has it already, too. Throws `conflict` naming whoever
    /// else holds it.
    package mutating func take(
        for taker: LockHolder, token: Int64, at time: Double, lease: Duration,
        isGone: (LockHolder) -> Bool = { _ in false }
    ) throws(Failure) -> LockTicket {
        let current = currentHolder(at: time, isGone: isGone)
        if let current, current.run != taker.run { throw lockedFailure(current) }
        holder = taker
        fencingToken = max(token, fencingToken + 1)
        expires = time + lease.inSeconds
        return LockTicket(service: service, environment: environment, run: taker.run, fencingToken: fencingToken)
    }

    /// Prolongs the lease; throws `conflict` when it is another's by now, or nobody's.
    package mutating func renew(_ ticket: LockTicket, at time: Double, lease: Duration) throws(Failure) {
        guard isHeld(by: ticket) else { throw lostFailure(ticket) }
        expires = time + lease.inSeconds
    }

    /// Gives it back. With a ticket that is not the last one nothing happens.
    package mutating func release(_ ticket: LockTicket) {
        guard isHeld(by: ticket) else { return }
        holder = nil
        expires = 0
    }

    /// Takes it from whoever holds it, whose ticket is worth nothing from then on.
    package mutating func breakOpen(token: Int64) -> LockHolder? {
        defer {
            holder = nil
            expires = 0
            fencingToken = max(token, fencingToken + 1)
        }
        return holder
    }

    /// What somebody is told who writes with a ticket that is not the last one.
    package func lostFailure(_ ticket: LockTicket) -> Failure {
        if let holder, holder.run != ticket.run { return lockedFailure(holder) }
        return Failure(
            .conflict, "the lock of `\(service)` in `\(environment)` was taken from this run",
            details: [.init("run", ticket.run), .init("fencing token", "\(ticket.fencingToken), now \(fencingToken)")],
            hint: "stagectl lock show --env \(environment)")
    }

    private func lockedFailure(_ holder: LockHolder) -> Failure {
        var details = [Failure.Detail("holder", holder.who), Failure.Detail("run", holder.run)]
        if let commit = holder.commit { details.append(Failure.Detail("commit", commit)) }
        details.append(Failure.Detail("since", holder.since))
        return Failure(
            .conflict, "`\(service)` in `\(environment)` is locked by \(holder.who)", details: details,
            hint: "wait for it with `--wait-lock 10m`, or look: stagectl lock show --env \(environment)")
    }
}
