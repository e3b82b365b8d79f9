package import Releases
import Synchronization

/// A lock as this process wrote it last.
struct KnownLock: Sendable {
    var document: LockDocument
    var generation: Int64
    /// When the write began that prolonged it.
    var written: Duration
}

extension BucketState: ServiceLock {
    package func acquire(
        service: ServiceKey, environment: String, holder: LockHolder, lease: Duration
    ) async throws -> LockTicket {
        try await withLock(of: service, environment) { name in
            try await self.found(environment)
            let found = try await self.look(name, LockDocument.self)
            // Whoever waits for a lock asks for it again and again.
            if var record = found?.content.record {
                _ = try record.take(
                    for: holder, token: 0, at: try self.now(), lease: lease, isGone: { self.isGone($0) })
            }
            // Above every token that the run's journal has seen, whoever wrote it.
            let journal = try await self.inTurn("journal \(holder.run)") { try await self.catchUp(holder.run) }
            let known = found.map { KnownLock(document: $0.content, generation: $0.generation, written: .zero) }
            return try await self.changeLock(service, environment, known: known) { document in
                let former = document.record.holder
                let ticket = try document.record.take(
                    for: holder, token: max(journal.highestToken, document.record.fencingToken) + 1,
                    at: try self.now(), lease: lease + Self.slack, isGone: { self.isGone($0) })
                document.pending = former.map { [.fence(run: $0.run, document.record)] } ?? []
                return ticket
            }
        }
    }

    package func renew(_ ticket: LockTicket, lease: Duration) async throws {
        try await withLock(of: ticket.service, ticket.environment) { name in
            let begun = self.clock.now()
            var known = self.known.withLock { $0.locks[name] }
            if known?.document.record.isHeld(by: ticket) != true { known = nil }
            // One name takes about one write a second: so soon after the last one it is enough that the lock is still as
            // that left it, since the lease is nearly whole.
            if let last = known, begun - last.written < .seconds(1), last.document.pending.isEmpty {
                let found = try await self.look(name, LockDocument.self)
                if found?.generation == last.generation { return }
                known = nil
            }
            try await self.changeLock(ticket.service, ticket.environment, known: known) { document in
                try document.record.renew(ticket, at: try self.now(), lease: lease + Self.slack)
            }
        }
    }

    package func release(_ ticket: LockTicket) async throws {
        try await withLock(of: ticket.service, ticket.environment) { name in
            var known = self.known.withLock { $0.locks[name] }
            if known?.document.record.isHeld(by: ticket) != true { known = nil }
            try await self.changeLock(ticket.service, ticket.environment, known: known) { document in
                document.record.release(ticket)
            }
        }
    }

    package func holder(service: ServiceKey, environment: String) async throws -> LockHolder? {
        try await withState(of: environment) {
            let found = try await self.look(BucketNames.lock(service, environment), LockDocument.self)
            guard let record = found?.content.record, record.holder != nil else { return nil }
            return record.currentHolder(at: try self.now(), isGone: { self.isGone($0) })
        }
    }

    package func breakLock(_ release: ForcedRelease) async throws -> LockHolder? {
        try await withLock(of: release.service, release.environment) { _ in
            let name = BucketNames.forced(
                release.environment, moment: try self.nextMoment(), id: self.chance.mark())
            return try await self.changeLock(release.service, release.environment, known: nil) { document in
                guard let holder = document.record.holder else { return nil }
                _ = document.record.breakOpen(token: document.record.fencingToken + 1)
                var release = release
                release.holder = holder
                document.pending = [.fence(run: holder.run, document.record), .forced(release, name: name)]
                return holder
            }
        }
    }

    package func forcedReleases(environment: String, limit: Int) async throws -> [ForcedRelease] {
        try await uncancelled {
            try await self.prepare()
            let entries = try await self.list(BucketNames.forced(environment), limit: max(0, limit))
            return try await self.lookAll(entries.map { ($0.name, $0.generation) }, ForcedRelease.self).map(\.content)
        }
    }

    // MARK: - One lock

    private func withLock<Value: Sendable>(
        of service: ServiceKey, _ environment: String, _ work: @escaping @Sendable (String) async throws -> Value
    ) async throws -> Value {
        let name = BucketNames.lock(service, environment)
        return try await inTurn(name) {
            try await self.prepare(environment)
            return try await work(name)
        }
    }

    /// Reads, applies one rule and writes back in the generation that was read; again when somebody was faster. What an
    /// earlier change left to do is done first, and what this one leaves to do before it returns.
    ///
    /// - Parameter known: the lock as this process believes it to be: when that is not true, the write is refused.
    private func changeLock<Value: Sendable>(
        _ service: ServiceKey, _ environment: String, known: KnownLock?,
        _ rule: @escaping @Sendable (inout LockDocument) throws -> Value
    ) async throws -> Value {
        let name = BucketNames.lock(service, environment)
        var current = known.map { (document: $0.document, generation: $0.generation) }
        while true {
            if current == nil {
                current = try await look(name, LockDocument.self).map { ($0.content, $0.generation) }
            }
            let before =
                current?.document ?? LockDocument(record: LockRecord(service: service, environment: environment))
            try await settle(before.pending)
            var document = before
            document.pending = []
            let value = try rule(&document)
            if document.record == before.record { return value }
            let begun = clock.now()
            let outcome = try await put(document, to: name, ifGeneration: current?.generation ?? 0)
            switch outcome {
            case .written(let generation):
                remember(document, generation, begun, as: name)
                try await settle(document.pending)
                document.pending = []
                remember(document, generation, begun, as: name)
                return value
            case .lost(let found):
                self.known.withLock { $0.locks[name] = nil }
                current = found.map { ($0.content, $0.generation) }
            }
        }
    }

    private func remember(_ document: LockDocument, _ generation: Int64, _ begun: Duration, as name: String) {
        known.withLock {
            $0.locks[name] = KnownLock(document: document, generation: generation, written: begun)
        }
    }

    private func settle(_ pending: [LockDocument.Pending]) async throws {
        for task in pending {
            switch task {
            case .fence(let run, let lock): try await fence(run, with: lock)
            case .forced(let release, let name): _ = try await put(release, to: name, ifGeneration: 0)
            }
        }
    }
}
