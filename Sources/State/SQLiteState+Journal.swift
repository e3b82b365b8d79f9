import GRDB
package import Releases

extension SQLiteState: JournalStore {
    package func begin(run: String, environment: String, plan: String, process: LockProcess?) async throws {
        let time = now()
        let executor = try process.map { try Rows.encode($0) }
        try await write { database in
            try self.requireHere(environment, in: database)
            guard try String.fetchOne(database, sql: "SELECT run FROM run WHERE run = ?", arguments: [run]) == nil
            else { throw RunRefusal.begunAlready(run) }
            try database.execute(
                sql: "INSERT INTO run (run, environment, plan, begun_at, process) VALUES (?, ?, ?, ?, ?)",
                arguments: [run, environment, plan, time, executor])
        }
    }

    package func claim(run: String, process: LockProcess?) async throws {
        let executor = try process.map { try Rows.encode($0) }
        try await write { database in
            try database.execute(sql: "UPDATE run SET process = ? WHERE run = ?", arguments: [executor, run])
        }
    }

    package func append(
        _ entry: JournalEntry, to run: String, fencingToken: Int64, holding tickets: [LockTicket]
    ) async throws {
        let time = now()
        let text = try Rows.encode(entry)
        let ended = entry.event.endsRun
        try await write { database in
            guard
                let hasEnded = try Bool.fetchOne(
                    database, sql: "SELECT ended FROM run WHERE run = ?", arguments: [run])
            else { throw RunRefusal.unknown(run) }
            guard !hasEnded else { throw RunRefusal.ended(run) }
            let last = try Row.fetchOne(
                database,
                sql: "SELECT max(sequence) AS sequence, max(fencing_token) AS token FROM journal WHERE run = ?",
                arguments: [run])
            let sequence: Int64 = last?["sequence"] ?? 0
            let highest: Int64 = last?["token"] ?? 0
            guard fencingToken >= highest else {
                throw RunRefusal.takenOver(run, token: fencingToken, highest: highest)
            }
            try Self.demand(tickets, in: database)
            try database.execute(
                sql: """
                    INSERT INTO journal (run, sequence, version, fencing_token, written_at, entry)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [run, sequence + 1, entry.version, fencingToken, time, text])
            if ended { try database.execute(sql: "UPDATE run SET ended = 1 WHERE run = ?", arguments: [run]) }
        }
    }

    package func read(run: String) async throws -> StoredJournal? {
        try await read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM run WHERE run = ?", arguments: [run]) else {
                return nil
            }
            let entries = try Row.fetchAll(
                database, sql: "SELECT sequence, version, entry FROM journal WHERE run = ? ORDER BY sequence",
                arguments: [run])
            return StoredJournal(
                run: run, environment: row["environment"], plan: row["plan"],
                entries: try entries.map { try Self.entry($0, run: run) },
                process: try (row["process"] as String?).map {
                    try Rows.decode(LockProcess.self, from: $0, table: "run", key: run)
                })
        }
    }

    package func unfinishedRuns(environment: String) async throws -> [String] {
        try await read { database in
            try self.requireHere(environment, in: database)
            return try String.fetchAll(
                database, sql: "SELECT run FROM run WHERE environment = ? AND ended = 0 ORDER BY position",
                arguments: [environment])
        }
    }

    static func entry(_ row: Row, run: String) throws -> JournalEntry {
        let version: Int = row["version"]
        guard version <= JournalEntry.currentVersion else { throw StateError.newerEntry(run: run, version: version) }
        return try Rows.decode(
            JournalEntry.self, from: row["entry"], table: "journal", key: "\(run) \(row["sequence"] as Int64)")
    }
}
