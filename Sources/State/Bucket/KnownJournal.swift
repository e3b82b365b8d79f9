import Releases

/// What this process has seen of a run's journal: always from the beginning, so that it knows what its next chunk
/// follows.
struct KnownJournal: Sendable {
    private(set) var chunks = 0
    private(set) var entries: [JournalEntry] = []
    private(set) var highestToken: Int64 = 0
    private(set) var hasEnded = false
    /// The last one of each lock.
    private(set) var fences: [LockRecord] = []
    private(set) var claim: (process: LockProcess?, isMade: Bool) = (nil, false)
    /// Whether the run has been begun, as far as is known.
    var isBegun = false

    /// The number of the chunk that comes next.
    var next: Int { chunks + 1 }

    /// Adds a chunk; one that is known already, or that does not come next, changes nothing.
    mutating func add(_ chunk: JournalChunk, number: Int) {
        guard number == next else { return }
        chunks = number
        for record in chunk.records {
            switch record {
            case .entry(let entry, let token):
                entries.append(entry)
                highestToken = max(highestToken, token)
                hasEnded = hasEnded || entry.event.endsRun
            case .fence(let lock):
                fences.removeAll { $0.service == lock.service && $0.environment == lock.environment }
                fences.append(lock)
            case .claim(let process):
                claim = (process, true)
            }
        }
    }

    /// Whether whoever holds these tickets may write the next entry. Throws `conflict`.
    func admit(_ run: String, fencingToken: Int64, holding tickets: [LockTicket]) throws(Failure) {
        if hasEnded { throw RunRefusal.ended(run) }
        guard fencingToken >= highestToken else {
            throw RunRefusal.takenOver(run, token: fencingToken, highest: highestToken)
        }
        for ticket in tickets {
            let fence = fences.first { $0.service == ticket.service && $0.environment == ticket.environment }
            if let fence, fence.fencingToken > ticket.fencingToken { throw fence.lostFailure(ticket) }
        }
    }
}
