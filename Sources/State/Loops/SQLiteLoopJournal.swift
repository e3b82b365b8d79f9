import GRDB
package import Loop
package import Releases

/// Journals of loops, in one SQLite file of the machine that has the trees they work on. What was acknowledged survives
/// `kill -9` and a power cut, as in ``SQLiteState``.
package final class SQLiteLoopJournal: LoopJournalStore {
    private let queue: DatabaseQueue
    private let path: String
    private let isGone: @Sendable (LockProcess) -> Bool

    /// Opens the file in `folder`, creating both. Throws ``Failure`` when they cannot be used.
    ///
    /// - Parameter isGone: whether a process is known to be dead.
    package init(folder: String, isGone: @escaping @Sendable (LockProcess) -> Bool = { _ in false }) throws {
        self.isGone = isGone
        let place = StateFolder(path: folder, database: "loops.sqlite")
        path = place.databasePath
        do {
            try place.create()
            let opening = place.lockForOpening()
            defer { opening?.unlock() }
            try place.createDatabaseFile()
            var configuration = GRDB.Configuration()
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { try DatabaseSettings.apply(to: $0, readonly: false) }
            queue = try DatabaseQueue(path: place.databasePath, configuration: configuration)
            try queue.inDatabase { database in
                try DatabaseSettings.assertDurable(database)
                if try Self.migrator.hasBeenSuperseded(database) { throw StateError.newerSchema }
            }
            try Self.migrator.migrate(queue)
        } catch {
            throw Failure(stateError: error, path: place.databasePath)
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 loops and their journals") { database in
            try database.execute(
                sql: """
                    CREATE TABLE loop (
                        position INTEGER PRIMARY KEY AUTOINCREMENT,
                        run TEXT NOT NULL UNIQUE,
                        environment TEXT NOT NULL,
                        tree TEXT NOT NULL,
                        ended INTEGER NOT NULL DEFAULT 0,
                        process TEXT
                    ) STRICT;
                    CREATE TABLE entry (
                        run TEXT NOT NULL REFERENCES loop (run),
                        sequence INTEGER NOT NULL,
                        version INTEGER NOT NULL,
                        release TEXT,
                        entry TEXT NOT NULL,
                        PRIMARY KEY (run, sequence)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX entry_of_release ON entry (release) WHERE release IS NOT NULL;
                    """)
        }
        return migrator
    }

    package func begin(_ order: LoopOrder, at time: Double, process: LockProcess?) async throws {
        let executor = try process.map { try Rows.encode($0) }
        let first = LoopEntry(time: time, event: .began(order))
        let text = try Rows.encode(first)
        try await write { [isGone] database in
            try Self.refuseSecond(onTree: order.tree, in: database, isGone)
            try database.execute(
                sql: "INSERT INTO loop (run, environment, tree, process) VALUES (?, ?, ?, ?)",
                arguments: [order.run, order.environment, order.tree, executor])
            try Self.insert(first, text, after: 0, of: order.run, in: database)
        }
    }

    package func claim(loop run: String, process: LockProcess?) async throws {
        let executor = try process.map { try Rows.encode($0) }
        try await write { [isGone] database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM loop WHERE run = ?", arguments: [run]) else {
                throw Failure(.usage, "no loop is called `\(run)`", hint: "stagectl history")
            }
            if let holder = try Self.process(row), holder != process, !isGone(holder) {
                throw Self.conflict(row, holder, isGone)
            }
            try database.execute(sql: "UPDATE loop SET process = ? WHERE run = ?", arguments: [executor, run])
        }
    }

    /// Throws `conflict` where another loop of the tree has not ended: what it left is why the tree is as it is.
    package func refuseSecond(onTree tree: String) async throws {
        try await read { [isGone] database in try Self.refuseSecond(onTree: tree, in: database, isGone) }
    }

    private static func refuseSecond(
        onTree tree: String, in database: Database, _ isGone: (LockProcess) -> Bool
    ) throws {
        // A loop without a tree changes none.
        let open = try Row.fetchOne(
            database, sql: "SELECT * FROM loop WHERE tree = ? AND tree <> '' AND ended = 0", arguments: [tree])
        if let open { throw conflict(open, try process(open), isGone) }
    }

    private static func conflict(
        _ loop: Row, _ process: LockProcess?, _ isGone: (LockProcess) -> Bool
    ) -> Failure {
        let (run, environment): (String, String) = (loop["run"], loop["environment"])
        if let process, !isGone(process) {
            return Failure(
                .conflict, "loop `\(run)` works on this tree",
                details: [.init("process", "\(process.id) on \(process.host)")],
                hint: "wait until it has ended, or stop it: kill -INT \(process.id)")
        }
        return Failure(
            .conflict, "loop `\(run)` of this tree has not ended",
            // It may be another environment's than the one that was just asked for.
            hint: "stagectl resume \(run) --env \(environment) goes on with it, "
                + "stagectl abort \(run) --env \(environment) ends it")
    }

    package func append(_ entry: LoopEntry, toLoop run: String) async throws {
        let text = try Rows.encode(entry)
        try await write { database in
            guard let ended = try Bool.fetchOne(database, sql: "SELECT ended FROM loop WHERE run = ?", arguments: [run])
            else { throw Failure(.internalError, "loop `\(run)` has no journal") }
            guard !ended else { throw Failure(.conflict, "loop `\(run)` has ended", hint: "stagectl show \(run)") }
            let last = try Int64.fetchOne(
                database, sql: "SELECT max(sequence) FROM entry WHERE run = ?", arguments: [run])
            try Self.insert(entry, text, after: last ?? 0, of: run, in: database)
            if entry.endsLoop {
                try database.execute(sql: "UPDATE loop SET ended = 1 WHERE run = ?", arguments: [run])
            }
        }
    }

    private static func insert(
        _ entry: LoopEntry, _ text: String, after sequence: Int64, of run: String, in database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO entry (run, sequence, version, release, entry) VALUES (?, ?, ?, ?, ?)",
            arguments: [run, sequence + 1, entry.version, entry.announcedRun, text])
    }

    package func read(loop run: String) async throws -> StoredLoop? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM loop WHERE run = ?", arguments: [run]).map {
                try Self.loop($0, in: database)
            }
        }
    }

    package func unfinishedLoops(environment: String) async throws -> UnfinishedLoops {
        try await read { [path] database in
            var found = UnfinishedLoops()
            for row in try Row.fetchAll(
                database, sql: "SELECT * FROM loop WHERE environment = ? AND ended = 0 ORDER BY position",
                arguments: [environment])
            {
                do {
                    found.loops.append(try Self.loop(row, in: database))
                } catch let error as StateError {
                    found.unreadable.append(.init(run: row["run"], failure: Failure(stateError: error, path: path)))
                }
            }
            return found
        }
    }

    package func loops(environment: String, limit: Int) async throws -> [StoredLoop] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM loop WHERE environment = ? ORDER BY position DESC LIMIT ?",
                arguments: [environment, limit]
            ).map { try Self.loop($0, in: database) }
        }
    }

    package func loop(ofRelease run: String) async throws -> StoredLoop? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM loop WHERE run = (SELECT run FROM entry WHERE release = ? LIMIT 1)",
                arguments: [run]
            ).map { try Self.loop($0, in: database) }
        }
    }

    // MARK: - Rows

    private static func loop(_ row: Row, in database: Database) throws -> StoredLoop {
        let run: String = row["run"]
        let entries = try Row.fetchAll(
            database, sql: "SELECT sequence, version, entry FROM entry WHERE run = ? ORDER BY sequence",
            arguments: [run]
        ).map { row in
            let version: Int = row["version"]
            guard version <= LoopEntry.currentVersion else { throw StateError.newerEntry(run: run, version: version) }
            return try Rows.decode(
                LoopEntry.self, from: row["entry"], table: "entry", key: "\(run) \(row["sequence"] as Int64)")
        }
        return StoredLoop(
            run: run, environment: row["environment"], entries: entries, process: try process(row))
    }

    private static func process(_ row: Row) throws -> LockProcess? {
        try (row["process"] as String?).map {
            try Rows.decode(LockProcess.self, from: $0, table: "loop", key: row["run"])
        }
    }

    private func write(_ body: @escaping @Sendable (Database) throws -> Void) async throws {
        try await perform { database in
            try database.inTransaction(.immediate) {
                try body(database)
                return .commit
            }
        }
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await perform(body)
    }

    /// Not interrupted by cancellation: a loop that is stopped still journals how it ends.
    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { database in
                continuation.resume(returning: Result { try body(database) })
            }
        }
        do {
            return try result.get()
        } catch {
            throw Failure(stateError: error, path: path)
        }
    }
}
