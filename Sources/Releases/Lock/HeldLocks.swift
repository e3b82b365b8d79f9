/// The leases that a run holds.
package actor HeldLocks {
    package private(set) var tickets: [LockTicket] = []

    package init() {}

    package func add(_ ticket: LockTicket) {
        tickets.removeAll { $0.service == ticket.service }
        tickets.append(ticket)
    }

    package func clear() -> [LockTicket] {
        defer { tickets = [] }
        return tickets
    }

    func ticket(of service: ServiceKey) -> LockTicket? {
        tickets.first { $0.service == service }
    }

    /// Renews all leases, three times in the time of one, until cancelled; returns why when one was lost.
    package nonisolated func keep(with lock: any ServiceLock, lease: Duration, clock: any RunClock) async -> Failure? {
        var renewed = clock.now()
        while !Task.isCancelled {
            do { try await clock.sleep(for: lease / 3) } catch { return nil }
            let begun = clock.now()
            do {
                for ticket in await tickets { try await lock.renew(ticket, lease: lease) }
                renewed = begun
            } catch {
                // The run ended while this was on its way: that says nothing about the lease.
                if Task.isCancelled { return nil }
                let failure = StepError(lifting: error).failure
                // A store that does not answer may answer before the lease is over.
                if failure.category == .conflict || clock.now() - renewed >= lease { return failure }
            }
        }
        return nil
    }
}
