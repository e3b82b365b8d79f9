package import Releases
import Synchronization

extension BucketState: JournalStore {
    package func begin(run: String, environment: String, plan: String, process: LockProcess?) async throws {
        try await withState(of: environment) {
            // Somebody may be moving the state since this process looked.
            self.known.withLock { $0.control = nil }
            try await self.found(environment)
            let moment = try self.nextMoment()
            let begun = BucketRun(environment: environment, plan: plan, process: process, moment: moment)
            guard case .written = try await self.put(begun, to: BucketNames.run(run), ifGeneration: 0) else {
                throw RunRefusal.begunAlready(run)
            }
            // One that is cut here has done nothing, and is not among the open ones.
            _ = try await self.put(
                run, to: BucketNames.begun(environment, run, moment: moment), ifGeneration: 0)
            _ = try await self.put(
                run, to: BucketNames.open(environment, run, moment: moment), ifGeneration: 0)
            self.known.withLock { $0.journals[run, default: KnownJournal()].isBegun = true }
            self.showPresence(in: run, as: process)
        }
    }

    package func claim(run: String, process: LockProcess?) async throws {
        try await inTurn("journal \(run)") {
            var journal = try await self.begunJournal(run)
            while !journal.hasEnded {
                journal = try await self.add(.claim(process), to: run, after: journal)
                if journal.claim.isMade, journal.claim.process == process {
                    return self.showPresence(in: run, as: process)
                }
            }
        }
    }

    package func append(
        _ entry: JournalEntry, to run: String, fencingToken: Int64, holding tickets: [LockTicket]
    ) async throws {
        try await inTurn("journal \(run)") {
            var journal = try await self.begunJournal(run)
            while true {
                try journal.admit(run, fencingToken: fencingToken, holding: tickets)
                let number = journal.next
                let chunk = JournalChunk(records: [.entry(entry, fencingToken: fencingToken)])
                switch try await self.put(
                    chunk, to: BucketNames.journal(run, number), ifGeneration: 0, version: entry.version)
                {
                case .written:
                    _ = self.remember(chunk, number, of: run)
                    if entry.event.stopsRun { await self.endPresence(in: run) }
                    if entry.event.endsRun { await self.close(run) }
                    return
                case .lost(let found):
                    guard let found else { throw self.brokenJournal(run, number) }
                    journal = self.remember(found.content, number, of: run)
                }
            }
        }
    }

    package func read(run: String) async throws -> StoredJournal? {
        try await prepare()
        guard let begun = try await look(BucketNames.run(run), BucketRun.self)?.content else { return nil }
        let journal = try await inTurn("journal \(run)") { try await self.catchUp(run, isBegun: true) }
        return StoredJournal(
            run: run, environment: begun.environment, plan: begun.plan, entries: journal.entries,
            process: journal.claim.isMade ? journal.claim.process : begun.process)
    }

    package func unfinishedRuns(environment: String) async throws -> [String] {
        try await withState(of: environment) {
            let entries = try await self.list(BucketNames.open(environment), limit: 10_000)
            return try await Self.concurrently(entries) { try await self.openRun($0) }.compactMap(\.self)
        }
    }

    /// Nil for one that was cut between its end and its leaving the open ones, which is made up for here.
    private func openRun(_ entry: BucketEntry) async throws -> String? {
        guard let run = try await look(entry.name, String.self, generation: entry.generation)?.content else {
            return nil
        }
        guard try await lastChunk(of: run).chunk?.hasEnd == true else { return run }
        try? await bucket.remove(entry.name, ifGeneration: entry.generation)
        return nil
    }

    // MARK: - Chunks

    /// Everything that is there by now, from the beginning.
    func catchUp(_ run: String, isBegun: Bool = false) async throws -> KnownJournal {
        while true {
            let journal = known.withLock { $0.journals[run] ?? KnownJournal() }
            let entries = try await list(
                BucketNames.journal(run), from: BucketNames.journal(run, journal.next), limit: 1000)
            let chunks = try await lookAll(
                entries.map { ($0.name, $0.generation) }, JournalChunk.self, version: JournalEntry.currentVersion)
            for (index, chunk) in chunks.enumerated() {
                let number = journal.next + index
                guard entries[index].name == BucketNames.journal(run, number), chunks.count == entries.count else {
                    throw brokenJournal(run, number)
                }
                _ = remember(chunk.content, number, of: run)
            }
            if isBegun { known.withLock { $0.journals[run, default: KnownJournal()].isBegun = true } }
            if entries.count < 1000 { return known.withLock { $0.journals[run] ?? KnownJournal() } }
        }
    }

    /// Tells a run that one of its locks is another's. One that has ended writes nothing any more.
    func fence(_ run: String, with lock: LockRecord) async throws {
        try await inTurn("journal \(run)") {
            if var journal = self.known.withLock({ $0.journals[run] }) {
                while !journal.hasEnded, !journal.fences.contains(where: { $0.covers(lock) }) {
                    journal = try await self.add(.fence(lock), to: run, after: journal)
                }
                return
            }
            while true {
                let last = try await self.lastChunk(of: run)
                if last.chunk?.hasEnd == true || last.chunk?.hasFence(covering: lock) == true { return }
                let outcome = try await self.put(
                    JournalChunk(records: [.fence(lock)]), to: BucketNames.journal(run, last.number + 1),
                    ifGeneration: 0, version: JournalEntry.currentVersion)
                if case .written = outcome { return }
            }
        }
    }

    /// One attempt at the next place; whatever is there afterwards is known.
    private func add(
        _ record: JournalChunk.Record, to run: String, after journal: KnownJournal
    ) async throws -> KnownJournal {
        let chunk = JournalChunk(records: [record])
        let outcome = try await put(
            chunk, to: BucketNames.journal(run, journal.next), ifGeneration: 0, version: JournalEntry.currentVersion)
        switch outcome {
        case .written: return remember(chunk, journal.next, of: run)
        case .lost(let found):
            guard let found else { throw brokenJournal(run, journal.next) }
            return remember(found.content, journal.next, of: run)
        }
    }

    private func lastChunk(of run: String) async throws -> (number: Int, chunk: JournalChunk?) {
        var number = known.withLock { $0.journals[run]?.chunks } ?? 0
        var last: BucketEntry?
        while true {
            let entries = try await list(
                BucketNames.journal(run), from: BucketNames.journal(run, number + 1), limit: 1000)
            number += entries.count
            last = entries.last ?? last
            if entries.count < 1000 { break }
        }
        guard let last else {
            let hasEnded = known.withLock { $0.journals[run]?.hasEnded } == true
            return (number, hasEnded ? .end : nil)
        }
        let found = try await look(
            last.name, JournalChunk.self, version: JournalEntry.currentVersion, generation: last.generation)
        return (number, found?.content)
    }

    private func begunJournal(_ run: String) async throws -> KnownJournal {
        if let journal = known.withLock({ $0.journals[run] }), journal.isBegun { return journal }
        try await prepare()
        guard try await look(BucketNames.run(run), BucketRun.self) != nil else { throw RunRefusal.unknown(run) }
        return try await catchUp(run, isBegun: true)
    }

    private func remember(_ chunk: JournalChunk, _ number: Int, of run: String) -> KnownJournal {
        known.withLock { known in
            known.journals[run, default: KnownJournal()].add(chunk, number: number)
            return known.journals[run] ?? KnownJournal()
        }
    }

    /// Takes a run that has ended off the open ones; where that does not succeed, whoever lists them does it.
    private func close(_ run: String) async {
        guard let begun = try? await look(BucketNames.run(run), BucketRun.self)?.content else { return }
        let name = BucketNames.open(begun.environment, run, moment: begun.moment)
        guard let entry = try? await list(name, limit: 1).first else { return }
        try? await bucket.remove(name, ifGeneration: entry.generation)
    }

    private func brokenJournal(_ run: String, _ number: Int) -> Failure {
        Failure(
            .unavailable, "the journal of run `\(run)` in `\(place)` has a gap",
            details: [.init("missing", BucketNames.journal(run, number))],
            hint: "restore the object, where the bucket keeps earlier versions: "
                + "gcloud storage ls -a '\(place)/\(BucketNames.journal(run))'")
    }
}

extension JournalChunk {
    fileprivate static let end = JournalChunk(
        records: [.entry(JournalEntry(time: "", event: .ended(outcome: .unchanged)), fencingToken: 0)])

    /// Nothing comes after an end, so only the last chunk can have one.
    package var hasEnd: Bool {
        records.contains { if case .entry(let entry, _) = $0 { entry.event.endsRun } else { false } }
    }

    fileprivate func hasFence(covering lock: LockRecord) -> Bool {
        records.contains { if case .fence(let fence) = $0 { fence.covers(lock) } else { false } }
    }
}

extension LockRecord {
    /// Whether it keeps out everybody whom `other` would keep out.
    fileprivate func covers(_ other: LockRecord) -> Bool {
        service == other.service && environment == other.environment && fencingToken >= other.fencingToken
    }
}
