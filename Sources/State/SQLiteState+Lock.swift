import GRDB
package import Releases

extension SQLiteState: ServiceLock {
    package func acquire(
        service: String, environment: String, holder: LockHolder, lease: Duration
    ) async throws -> LockTicket {
        let time = now()
        let text = try Rows.encode(holder)
        return try await write { database in
            let lock = try Self.lock(service: service, environment: environment, in: database)
            if let current = lock?.holder, current.run != holder.run, let lock, lock.expires > time {
                throw Failure(lockedBy: current, service: service, environment: environment)
            }
            let token = try Self.nextToken(in: database)
            try database.execute(
                sql: """
                    INSERT INTO lock (service, environment, fencing_token, run, holder, expires_at)
                    VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (service, environment) DO UPDATE SET fencing_token = excluded.fencing_token,
                        run = excluded.run, holder = excluded.holder, expires_at = excluded.expires_at
                    """,
                arguments: [service, environment, token, holder.run, text, time + lease.inSeconds])
            return LockTicket(service: service, environment: environment, run: holder.run, fencingToken: token)
        }
    }

    package func renew(_ ticket: LockTicket, lease: Duration) async throws {
        let time = now()
        try await write { database in
            let lock = try Self.lock(service: ticket.service, environment: ticket.environment, in: database)
            guard let lock, let holder = lock.holder, holder.run == ticket.run, lock.token == ticket.fencingToken else {
                guard let holder = lock?.holder else {
                    throw Failure(
                        .conflict, "the lock of `\(ticket.service)` in `\(ticket.environment)` was released",
                        hint: "stagectl resume \(ticket.run)")
                }
                throw Failure(lockedBy: holder, service: ticket.service, environment: ticket.environment)
            }
            // A lease that ran out but was not taken over is still this ticket's: the token has not moved.
            try database.execute(
                sql: "UPDATE lock SET expires_at = ? WHERE service = ? AND environment = ?",
                arguments: [time + lease.inSeconds, ticket.service, ticket.environment])
        }
    }

    package func release(_ ticket: LockTicket) async throws {
        try await write { database in
            try database.execute(
                sql: """
                    UPDATE lock SET run = NULL, holder = NULL, expires_at = 0
                    WHERE service = ? AND environment = ? AND run = ? AND fencing_token = ?
                    """,
                arguments: [ticket.service, ticket.environment, ticket.run, ticket.fencingToken])
        }
    }

    package func holder(service: String, environment: String) async throws -> LockHolder? {
        let time = now()
        return try await read { database in
            guard let lock = try Self.lock(service: service, environment: environment, in: database),
                lock.expires > time
            else { return nil }
            return lock.holder
        }
    }

    /// Takes the lock away from whoever holds it and says who that was. Its holder's next renewal is a conflict.
    package func breakLock(service: String, environment: String) async throws -> LockHolder? {
        try await write { database in
            let lock = try Self.lock(service: service, environment: environment, in: database)
            try database.execute(
                sql: """
                    UPDATE lock SET run = NULL, holder = NULL, expires_at = 0, fencing_token = ?
                    WHERE service = ? AND environment = ?
                    """,
                arguments: [try Self.nextToken(in: database), service, environment])
            return lock?.holder
        }
    }

    private struct StoredLock {
        var token: Int64
        var expires: Double
        var holder: LockHolder?
    }

    /// One sequence for all locks: a run that holds several writes its journal with the highest of its tokens, and
    /// whoever takes any of them later must come out above that. Rows outlive their holders, so no token comes twice.
    private static func nextToken(in database: Database) throws -> Int64 {
        (try Int64.fetchOne(database, sql: "SELECT max(fencing_token) FROM lock") ?? 0) + 1
    }

    private static func lock(service: String, environment: String, in database: Database) throws -> StoredLock? {
        let row = try Row.fetchOne(
            database, sql: "SELECT * FROM lock WHERE service = ? AND environment = ?",
            arguments: [service, environment])
        guard let row else { return nil }
        let text: String? = row["holder"]
        return StoredLock(
            token: row["fencing_token"], expires: row["expires_at"],
            holder: try text.map {
                try Rows.decode(LockHolder.self, from: $0, table: "lock", key: "\(environment) \(service)")
            })
    }
}

extension Failure {
    fileprivate init(lockedBy holder: LockHolder, service: String, environment: String) {
        var details = [Detail("holder", holder.who), Detail("run", holder.run)]
        if let commit = holder.commit { details.append(Detail("commit", commit)) }
        details.append(Detail("since", holder.since))
        self.init(
            .conflict, "`\(service)` in `\(environment)` is locked by \(holder.who)", details: details,
            hint: "wait for it with `--wait-lock 10m`, or look: stagectl lock show --env \(environment)")
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
