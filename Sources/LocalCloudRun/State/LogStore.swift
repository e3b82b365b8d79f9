import GRDB
import JSON
import Synchronization

/// The log lines of all revisions, the newest ones kept. Writers never wait: lines gather in memory and go to the
/// file in batches on the database's own queue, so that a burst of requests costs one transaction.
final class LogStore: Sendable {
    private struct Pending {
        var entries: [LogEntry] = []
        var isScheduled = false
    }

    private let queue: DatabaseQueue
    private let pending = Mutex(Pending())
    private let perRevision: Int
    /// More than this in memory means that the disk does not keep up: the oldest are dropped.
    private static let memoryLimit = 20_000

    init(path: String, perRevision: Int = 5_000) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        queue = try DatabaseQueue(path: path, configuration: configuration)
        self.perRevision = perRevision
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS line (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, service TEXT NOT NULL,
                        revision TEXT, stream TEXT NOT NULL, severity TEXT NOT NULL, payload TEXT NOT NULL,
                        instance TEXT
                    );
                    CREATE INDEX IF NOT EXISTS line_revision ON line (service, revision, id);
                    """)
        }
    }

    func append(_ entry: LogEntry) {
        let mustSchedule = pending.withLock { pending in
            pending.entries.append(entry)
            if pending.entries.count > Self.memoryLimit { pending.entries.removeFirst(Self.memoryLimit / 2) }
            defer { pending.isScheduled = true }
            return !pending.isScheduled
        }
        if mustSchedule { queue.asyncWriteWithoutTransaction { [self] in flush(into: $0) } }
    }

    /// Entries of the named services and revisions (all when empty), in the order in which they were written.
    func entries(service: String? = nil, revision: String? = nil, since: Timestamp? = nil) throws -> [LogEntry] {
        // On the writer, so that what was appended before is seen.
        try queue.writeWithoutTransaction { database in
            flush(into: database)
            var conditions: [String] = []
            var arguments: [(any DatabaseValueConvertible)?] = []
            if let service {
                conditions.append("(service = ? OR service LIKE ? ESCAPE '\\')")
                let escaped = service.split(separator: "_", omittingEmptySubsequences: false).joined(separator: "\\_")
                arguments += [service, "%/services/" + escaped]
            }
            if let revision {
                conditions.append("revision = ?")
                arguments.append(revision)
            }
            if let since {
                conditions.append("time >= ?")
                arguments.append(since.microseconds)
            }
            let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            return try Row.fetchAll(
                database, sql: "SELECT * FROM line \(filter) ORDER BY id DESC LIMIT 20000",
                arguments: StatementArguments(arguments)
            ).reversed().compactMap(Self.entry)
        }
    }

    func remove(service: String, revision: String) {
        queue.asyncWriteWithoutTransaction { database in
            try? database.execute(
                sql: "DELETE FROM line WHERE service = ? AND revision = ?", arguments: [service, revision])
        }
    }

    /// A full disk costs log lines, never the server.
    private func flush(into database: Database) {
        let entries = pending.withLock { pending in
            defer { pending = Pending() }
            return pending.entries
        }
        guard !entries.isEmpty else { return }
        try? database.inTransaction {
            for entry in entries {
                try database.execute(
                    sql: """
                        INSERT INTO line (time, service, revision, stream, severity, payload, instance)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        entry.time.microseconds, entry.service, entry.revision, entry.stream.rawValue, entry.severity,
                        entry.payload.serialized(), entry.instance,
                    ])
            }
            // Trimming looks at one index range per revision, not at the table.
            let keys = Set(entries.map { Key(service: $0.service, revision: $0.revision) })
            for key in keys {
                try database.execute(
                    sql: """
                        DELETE FROM line WHERE service = :service AND revision IS :revision AND id <= (
                            SELECT id FROM line WHERE service = :service AND revision IS :revision
                            ORDER BY id DESC LIMIT 1 OFFSET :keep)
                        """,
                    arguments: ["service": key.service, "revision": key.revision, "keep": perRevision])
            }
            return .commit
        }
    }

    private struct Key: Hashable {
        var service: String
        var revision: String?
    }

    private static func entry(_ row: Row) -> LogEntry? {
        guard let id = Int64.fromDatabaseValue(row["id"]), let time = Int64.fromDatabaseValue(row["time"]),
            let service = String.fromDatabaseValue(row["service"]),
            let stream = String.fromDatabaseValue(row["stream"]).flatMap(LogEntry.Stream.init(rawValue:)),
            let severity = String.fromDatabaseValue(row["severity"]),
            let payload = String.fromDatabaseValue(row["payload"])
        else { return nil }
        return LogEntry(
            id: id, time: Timestamp(microseconds: time), service: service,
            revision: String.fromDatabaseValue(row["revision"]), stream: stream, severity: severity,
            payload: (try? JSONValue(parsing: payload)) ?? [:], instance: String.fromDatabaseValue(row["instance"]))
    }
}
