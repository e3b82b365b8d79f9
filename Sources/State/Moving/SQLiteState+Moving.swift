import GRDB
package import Releases
package import Verification

extension SQLiteState: MovableState {
    package var place: String { folder }

    package func movedState(of environment: String) async throws -> MovedState? {
        try await read { try Self.movedState(of: environment, in: $0) }
    }

    package func setMoved(_ moved: MovedState?, of environment: String) async throws {
        let text = try moved.map(Rows.encode)
        try await write { database in
            try database.execute(sql: "DELETE FROM moved WHERE environment = ?", arguments: [environment])
            guard let text else { return }
            try database.execute(
                sql: "INSERT INTO moved (environment, document) VALUES (?, ?)", arguments: [environment, text])
        }
    }

    private static func movedState(of environment: String, in database: Database) throws -> MovedState? {
        try String.fetchOne(
            database, sql: "SELECT document FROM moved WHERE environment = ?", arguments: [environment]
        ).map { try Rows.decode(MovedState.self, from: $0, table: "moved", key: environment) }
    }

    /// Throws where the environment's state has gone elsewhere.
    func requireHere(_ environment: String, in database: Database) throws {
        if let moved = try Self.movedState(of: environment, in: database) {
            throw moved.refusal(of: environment, at: folder)
        }
    }

    // MARK: - Runs

    package func runNames(of environment: String) async throws -> [String] {
        try await read {
            try String.fetchAll(
                $0, sql: "SELECT run FROM run WHERE environment = ? ORDER BY position", arguments: [environment])
        }
    }

    package func movableRun(_ run: String) async throws -> MovableRun? {
        try await read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM run WHERE run = ?", arguments: [run]) else {
                return nil
            }
            let begun: Double = row["begun_at"]
            return MovableRun(
                run: run, environment: row["environment"], plan: row["plan"],
                process: try (row["process"] as String?).map {
                    try Rows.decode(LockProcess.self, from: $0, table: "run", key: run)
                }, moment: Int64(begun * 1000), lines: try Self.lines(of: run, in: database))
        }
    }

    private static func lines(of run: String, in database: Database) throws -> [MovableRun.Line] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM journal WHERE run = ? ORDER BY sequence", arguments: [run]
        ).map { MovableRun.Line(entry: try entry($0, run: run), fencingToken: $0["fencing_token"]) }
    }

    package func bring(_ run: MovableRun) async throws {
        let process = try run.process.map(Rows.encode)
        try await write { database in
            let known = try Self.lines(of: run.run, in: database)
            let missing = try run.missing(after: known, at: self.folder)
            try database.execute(
                sql: """
                    INSERT INTO run (run, environment, plan, begun_at, process, ended) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (run) DO UPDATE SET process = excluded.process, ended = excluded.ended
                    """,
                arguments: [
                    run.run, run.environment, run.plan, Double(run.moment) / 1000, process, run.hasEnded,
                ])
            for (offset, line) in missing.enumerated() {
                try database.execute(
                    sql: """
                        INSERT INTO journal (run, sequence, version, fencing_token, written_at, entry)
                        VALUES (?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        run.run, known.count + offset + 1, line.entry.version, line.fencingToken, self.now(),
                        try Rows.encode(line.entry),
                    ])
            }
        }
    }

    // MARK: - The rest

    package func releaseNames(of environment: String) async throws -> [String] {
        try await read {
            try String.fetchAll(
                $0, sql: "SELECT run FROM release WHERE environment = ? ORDER BY started, position",
                arguments: [environment])
        }
    }

    package func verdicts(of environment: String) -> any VerdictRecords {
        VerdictFolder(stateFolder: folder, environment: environment)
    }

    package func movableImages() async throws -> [MovableImage] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM image ORDER BY built_at").map { row in
                MovableImage(
                    builder: row["builder"], repository: row["repository"], sourceDigest: row["source_digest"],
                    image: try Rows.decode(
                        BuiltImage.self, from: row["image"], table: "image", key: row["source_digest"]))
            }
        }
    }

    package func bring(_ releases: [ForcedRelease], of environment: String) async throws {
        try await write { database in
            for release in releases {
                guard let holder = release.holder else { continue }
                var alone = release
                alone.holder = nil
                try database.execute(
                    sql: "INSERT INTO forced_release (environment, service, release, holder) VALUES (?, ?, ?, ?)",
                    arguments: [
                        environment, release.service.description, try Rows.encode(alone), try Rows.encode(holder),
                    ])
            }
        }
    }
}
