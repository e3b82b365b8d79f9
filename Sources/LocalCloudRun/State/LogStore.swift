import GRDB
import JSON
import NIOCore
import NIOPosix
import Synchronization

/// The log lines of all revisions, the newest ones kept. Writers never wait: lines gather in memory and go to the
/// file in batches on the database's own queue. The first line after a quiet time is written at once, the next batch a
/// second later, so that ten thousand requests in a second cost one transaction.
final class LogStore: Sendable {
    private enum Line: Sendable {
        case entry(LogEntry)
        /// Becomes an entry when it is written: at high rates most never are.
        case request(RequestRecord, Timestamp)

        var key: Key {
            switch self {
            case .entry(let entry): Key(service: entry.service, revision: entry.revision)
            case .request(let record, _): Key(service: record.service, revision: record.revision.map(shortName))
            }
        }

        var entry: LogEntry {
            switch self {
            case .entry(let entry): entry
            case .request(let record, let time): .request(record, at: time)
            }
        }
    }

    private struct Pending {
        var lines: [Line] = []
        var isScheduled = false
        var lastFlush: ContinuousClock.Instant?
    }

    private let queue: DatabaseQueue
    private let pending = Mutex(Pending())
    private let perRevision: Int
    /// More than this in memory means that the disk does not keep up: the oldest are dropped.
    private static let memoryLimit = 40_000
    private static let interval = Duration.seconds(1)

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

    func append(_ entry: LogEntry) { append(.entry(entry)) }

    func append(_ record: RequestRecord, at time: Timestamp) { append(.request(record, time)) }

    private func append(_ line: Line) {
        let now = ContinuousClock.now
        let wait = pending.withLock { pending -> Duration? in
            pending.lines.append(line)
            if pending.lines.count > Self.memoryLimit { pending.lines.removeFirst(Self.memoryLimit / 2) }
            guard !pending.isScheduled else { return nil }
            pending.isScheduled = true
            return max(.zero, Self.interval - (pending.lastFlush.map { now - $0 } ?? Self.interval))
        }
        guard let wait else { return }
        let milliseconds = wait.components.seconds * 1000 + wait.components.attoseconds / 1_000_000_000_000_000
        let write: @Sendable () -> Void = { [self] in queue.asyncWriteWithoutTransaction { self.flush(into: $0) } }
        guard milliseconds > 0 else { return write() }
        MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .milliseconds(milliseconds), write)
    }

    /// Entries of the named services and revisions (all when empty), in the order in which they were written.
    func entries(service: String? = nil, revision: String? = nil, job: String? = nil, since: Timestamp? = nil) throws
        -> [LogEntry]
    {
        // On the writer, so that what was appended before is seen.
        try queue.writeWithoutTransaction { database in
            flush(into: database)
            var conditions: [String] = []
            var arguments: [(any DatabaseValueConvertible)?] = []
            for (name, kind) in [(service, "services"), (job, "jobs")] {
                guard let name else { continue }
                conditions.append("(service = ? OR service LIKE ? ESCAPE '\\')")
                let escaped = name.split(separator: "_", omittingEmptySubsequences: false).joined(separator: "\\_")
                arguments += [name, "%/\(kind)/" + escaped]
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

    /// The newest entries after an id, in the order in which they were written, and the id of the last one that there
    /// is. An id of which nothing is known (the state was reset) counts as none.
    func newest(_ limit: Int, after id: Int64) throws -> (entries: [LogEntry], last: Int64) {
        try queue.writeWithoutTransaction { database in
            flush(into: database)
            let last = try Int64.fetchOne(database, sql: "SELECT MAX(id) FROM line") ?? 0
            let entries = try Row.fetchAll(
                database, sql: "SELECT * FROM line WHERE id > ? ORDER BY id DESC LIMIT ?",
                arguments: [id > last ? 0 : id, limit])
            return (entries.reversed().compactMap(Self.entry), last)
        }
    }

    func remove(service: String, revision: String) {
        queue.asyncWriteWithoutTransaction { database in
            try? database.execute(
                sql: "DELETE FROM line WHERE service = ? AND revision = ?", arguments: [service, revision])
        }
    }

    /// Takes what has gathered; of more lines of one revision than are kept, the oldest are not even written.
    private func takePending() -> [LogEntry] {
        let lines = pending.withLock { pending in
            defer { pending = Pending(lastFlush: .now) }
            return pending.lines
        }
        guard lines.count > perRevision else { return lines.map(\.entry) }
        var counts: [Key: Int] = [:]
        var kept: [Line] = []
        for line in lines.reversed() {
            counts[line.key, default: 0] += 1
            if counts[line.key, default: 0] <= perRevision { kept.append(line) }
        }
        return kept.reversed().map(\.entry)
    }

    /// A full disk costs log lines, never the server.
    private func flush(into database: Database) {
        let entries = takePending()
        guard !entries.isEmpty else { return }
        try? database.inTransaction {
            let insert = try database.cachedStatement(
                sql: """
                    INSERT INTO line (time, service, revision, stream, severity, payload, instance)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """)
            for entry in entries {
                try insert.execute(arguments: [
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

    fileprivate struct Key: Hashable {
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
