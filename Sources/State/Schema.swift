import GRDB

/// The tables, as a list of steps that is only ever added to: files of every earlier version stay usable.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 runs, journal, releases, images, locks") { database in
            try database.execute(sql: version1)
        }
        migrator.registerMigration("2 locks released by force") { database in
            try database.execute(sql: version2)
        }
        migrator.registerMigration("3 the process that executes a run") { database in
            try database.execute(sql: "ALTER TABLE run ADD COLUMN process TEXT")
        }
        migrator.registerMigration("4 releases by service and region") { database in
            try database.execute(sql: version4)
        }
        migrator.registerMigration("5 environments whose state has gone elsewhere") { database in
            try database.execute(
                sql: "CREATE TABLE moved (environment TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT")
        }
        migrator.registerMigration("6 releases by outcome, commit and time") { database in
            try database.execute(sql: version6)
            try SQLiteState.fillDeliveries(in: database)
        }
        return migrator
    }

    static func bringUpToDate(_ queue: DatabaseQueue) throws {
        try queue.inDatabase { database in
            if try migrator.hasBeenSuperseded(database) { throw StateError.newerSchema }
        }
        try migrator.migrate(queue)
    }

    /// For a file that can only be read: it must already have every table.
    static func assertReadable(_ queue: DatabaseQueue) throws {
        try queue.inDatabase { database in
            if try migrator.hasBeenSuperseded(database) { throw StateError.newerSchema }
            guard try migrator.hasCompletedMigrations(database) else {
                throw DatabaseError(resultCode: .SQLITE_READONLY, message: "the tables are not there yet")
            }
        }
    }

    // `position` orders runs and releases by when they were first written, whatever clocks say.
    private static let version1 = """
        CREATE TABLE run (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL UNIQUE,
            environment TEXT NOT NULL,
            plan TEXT NOT NULL,
            begun_at REAL NOT NULL,
            ended INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX run_unfinished ON run (environment, position) WHERE ended = 0;

        CREATE TABLE journal (
            run TEXT NOT NULL REFERENCES run (run),
            sequence INTEGER NOT NULL,
            version INTEGER NOT NULL,
            fencing_token INTEGER NOT NULL,
            written_at REAL NOT NULL,
            entry TEXT NOT NULL,
            PRIMARY KEY (run, sequence)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE release (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL UNIQUE,
            environment TEXT NOT NULL,
            started TEXT NOT NULL,
            document TEXT NOT NULL
        ) STRICT;
        CREATE INDEX release_newest ON release (environment, started, position);
        CREATE TABLE release_service (
            run TEXT NOT NULL REFERENCES release (run),
            service TEXT NOT NULL,
            PRIMARY KEY (run, service)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE image (
            builder TEXT NOT NULL,
            repository TEXT NOT NULL,
            source_digest TEXT NOT NULL,
            image TEXT NOT NULL,
            built_at REAL NOT NULL,
            PRIMARY KEY (builder, repository, source_digest)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE lock (
            service TEXT NOT NULL,
            environment TEXT NOT NULL,
            fencing_token INTEGER NOT NULL,
            run TEXT,
            holder TEXT,
            expires_at REAL NOT NULL,
            PRIMARY KEY (service, environment)
        ) STRICT, WITHOUT ROWID;
        """

    private static let version2 = """
        CREATE TABLE forced_release (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            environment TEXT NOT NULL,
            service TEXT NOT NULL,
            release TEXT NOT NULL,
            holder TEXT NOT NULL
        ) STRICT;
        """

    // The documents themselves have had the region of each service from the start.
    private static let version4 = """
        CREATE TABLE release_region (
            run TEXT NOT NULL REFERENCES release (run),
            service TEXT NOT NULL,
            region TEXT NOT NULL,
            PRIMARY KEY (run, service, region)
        ) STRICT, WITHOUT ROWID;
        INSERT OR IGNORE INTO release_region (run, service, region)
            SELECT release.run, json_extract(entry.value, '$.service'), json_extract(entry.value, '$.region')
            FROM release, json_each(release.document, '$.services') AS entry
            WHERE json_extract(entry.value, '$.region') IS NOT NULL;
        DROP TABLE release_service;
        ALTER TABLE release_region RENAME TO release_service;
        """

    // Whatever a list is asked by stands beside what it is sorted by, in one index each, so that a list reads no document
    // that it does not show. `delivery` is one line of text: the figures read all of them.
    private static let version6 = """
        ALTER TABLE release ADD COLUMN outcome TEXT;
        UPDATE release SET outcome = json_extract(document, '$.outcome');
        DROP INDEX release_newest;
        CREATE INDEX release_newest ON release (environment, started, position, outcome);

        DROP TABLE release_service;
        CREATE TABLE release_service (
            run TEXT NOT NULL REFERENCES release (run),
            service TEXT NOT NULL,
            region TEXT NOT NULL,
            environment TEXT NOT NULL,
            started TEXT NOT NULL,
            position INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            commit_id TEXT NOT NULL DEFAULT '',
            delivery TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (run, service, region)
        ) STRICT, WITHOUT ROWID;
        INSERT OR IGNORE INTO release_service (run, service, region, environment, started, position, outcome, commit_id)
            SELECT release.run, json_extract(entry.value, '$.service'), json_extract(entry.value, '$.region'),
                release.environment, release.started, release.position, release.outcome,
                coalesce(json_extract(entry.value, '$.commit'), '')
            FROM release, json_each(release.document, '$.services') AS entry
            WHERE json_extract(entry.value, '$.region') IS NOT NULL;
        CREATE INDEX release_of_service
            ON release_service (environment, service, started, position, outcome, region, commit_id);
        CREATE INDEX release_of_commit ON release_service (environment, commit_id, started, position);
        CREATE INDEX delivery_newest ON release_service (environment, started, position, delivery);
        """
}
