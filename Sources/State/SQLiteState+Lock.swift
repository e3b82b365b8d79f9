import GRDB
package import Releases

extension SQLiteState: ServiceLock {
    package func acquire(
        service: ServiceKey, environment: String, holder: LockHolder, lease: Duration
    ) async throws -> LockTicket {
        let time = now()
        return try await changeLock(service: service, environment: environment) { lock, token in
            try lock.take(for: holder, token: token, at: time, lease: lease, isGone: self.isGone)
        }
    }

    package func renew(_ ticket: LockTicket, lease: Duration) async throws {
        let time = now()
        try await changeLock(service: ticket.service, environment: ticket.environment) { lock, _ in
            try lock.renew(ticket, at: time, lease: lease)
        }
    }

    package func release(_ ticket: LockTicket) async throws {
        try await changeLock(service: ticket.service, environment: ticket.environment) { lock, _ in
            lock.release(ticket)
        }
    }

    package func holder(service: ServiceKey, environment: String) async throws -> LockHolder? {
        let time = now()
        return try await read { database in
            try Self.lock(service: service, environment: environment, in: database)
                .currentHolder(at: time, isGone: self.isGone)
        }
    }

    package func breakLock(_ release: ForcedRelease) async throws -> LockHolder? {
        let text = try Rows.encode(release)
        return try await write { database in
            var lock = try Self.lock(service: release.service, environment: release.environment, in: database)
            let holder = lock.breakOpen(token: try Self.nextToken(in: database))
            try Self.store(lock, in: database)
            guard let holder else { return nil }
            try database.execute(
                sql: "INSERT INTO forced_release (environment, service, release, holder) VALUES (?, ?, ?, ?)",
                arguments: [release.environment, release.service.description, text, try Rows.encode(holder)])
            return holder
        }
    }

    package func forcedReleases(environment: String, limit: Int) async throws -> [ForcedRelease] {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM forced_release WHERE environment = ? ORDER BY position DESC LIMIT ?",
                arguments: [environment, limit])
            return try rows.map { row in
                let key = "\(row["position"] as Int64)"
                var release = try Rows.decode(
                    ForcedRelease.self, from: row["release"], table: "forced_release", key: key)
                release.holder = try Rows.decode(
                    LockHolder.self, from: row["holder"], table: "forced_release", key: key)
                return release
            }
        }
    }

    package func lockRecords(of environment: String) async throws -> [LockRecord] {
        try await read { database in
            let services = try String.fetchAll(
                database, sql: "SELECT service FROM lock WHERE environment = ?", arguments: [environment])
            return try services.map {
                try Self.lock(service: ServiceKey(parsing: $0), environment: environment, in: database)
            }
        }
    }

    package func bring(_ lock: LockRecord) async throws {
        try await write { database in
            var known = try Self.lock(service: lock.service, environment: lock.environment, in: database)
            known.fencingToken = max(known.fencingToken, lock.fencingToken)
            known.holder = nil
            known.expires = 0
            try Self.store(known, in: database)
        }
    }

    /// Reads, applies one rule and writes back in one transaction.
    private func changeLock<Value: Sendable>(
        service: ServiceKey, environment: String,
        _ rule: @escaping @Sendable (inout LockRecord, _ token: Int64) throws -> Value
    ) async throws -> Value {
        try await write { database in
            try self.requireHere(environment, in: database)
            var lock = try Self.lock(service: service, environment: environment, in: database)
            let before = lock
            let value = try rule(&lock, try Self.nextToken(in: database))
            if lock != before { try Self.store(lock, in: database) }
            return value
        }
    }

    /// Throws `conflict` unless every ticket is the last one of its lock.
    static func demand(_ tickets: [LockTicket], in database: Database) throws {
        for ticket in tickets {
            let lock = try lock(service: ticket.service, environment: ticket.environment, in: database)
            guard lock.isHeld(by: ticket) else { throw lock.lostFailure(ticket) }
        }
    }

    /// One sequence for all locks: a run that holds several writes its journal with the highest of its tokens, and
    /// whoever takes any of them later must come out above that. Rows outlive their holders, so no token comes twice.
    private static func nextToken(in database: Database) throws -> Int64 {
        (try Int64.fetchOne(database, sql: "SELECT max(fencing_token) FROM lock") ?? 0) + 1
    }

    private static func lock(service: ServiceKey, environment: String, in database: Database) throws -> LockRecord {
        var lock = LockRecord(service: service, environment: environment)
        let row = try Row.fetchOne(
            database, sql: "SELECT * FROM lock WHERE service = ? AND environment = ?",
            arguments: [service.description, environment])
        guard let row else { return lock }
        let text: String? = row["holder"]
        lock.fencingToken = row["fencing_token"]
        lock.expires = row["expires_at"]
        lock.holder = try text.map {
            try Rows.decode(LockHolder.self, from: $0, table: "lock", key: "\(environment) \(service)")
        }
        return lock
    }

    private static func store(_ lock: LockRecord, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO lock (service, environment, fencing_token, run, holder, expires_at)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (service, environment) DO UPDATE SET fencing_token = excluded.fencing_token,
                    run = excluded.run, holder = excluded.holder, expires_at = excluded.expires_at
                """,
            arguments: [
                lock.service.description, lock.environment, lock.fencingToken, lock.holder?.run,
                try lock.holder.map(Rows.encode), lock.expires,
            ])
    }
}
