import GRDB
import JSON

/// What must survive a restart, as JSON documents by kind and name in one SQLite file. WAL with `synchronous=NORMAL`:
/// a kill -9 loses nothing that was committed; only a power cut could lose the last changes of this local server.
final class StateStore: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case service, revision, operation, job, execution, task
    }

    /// One change; several are committed together.
    enum Change: Sendable {
        case put(Kind, name: String, JSONValue)
        case delete(Kind, name: String)
    }

    private let queue: DatabaseQueue

    init(path: String) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        // A second server on the same folder is kept out by its port; a reader may hold the file for a moment.
        configuration.busyMode = .timeout(5)
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS document (
                        kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, name)
                    ) WITHOUT ROWID
                    """)
        }
    }

    func commit(_ changes: [Change]) throws {
        try queue.write { database in
            for change in changes {
                switch change {
                case .put(let kind, let name, let body):
                    try database.execute(
                        sql: "INSERT OR REPLACE INTO document (kind, name, body) VALUES (?, ?, ?)",
                        arguments: [kind.rawValue, name, body.serialized()])
                case .delete(let kind, let name):
                    try database.execute(
                        sql: "DELETE FROM document WHERE kind = ? AND name = ?", arguments: [kind.rawValue, name])
                }
            }
        }
    }

    func all(_ kind: Kind) throws -> [(name: String, body: JSONValue)] {
        try queue.read { database in
            try Row.fetchAll(
                database, sql: "SELECT name, body FROM document WHERE kind = ? ORDER BY name",
                arguments: [kind.rawValue]
            ).compactMap { row in
                guard let name = String.fromDatabaseValue(row["name"]),
                    let text = String.fromDatabaseValue(row["body"]), let body = try? JSONValue(parsing: text)
                else { return nil }
                return (name, body)
            }
        }
    }
}
