import GRDB
package import Releases

extension SQLiteState: Ledger {
    package func record(_ release: ReleaseDocument) async throws {
        let document = try Rows.encode(release)
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO release (run, environment, started, outcome, document) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (run) DO UPDATE SET environment = excluded.environment, started = excluded.started,
                        outcome = excluded.outcome, document = excluded.document
                    """,
                arguments: [release.run, release.environment, release.started, release.outcome.rawValue, document])
            try database.execute(sql: "DELETE FROM release_service WHERE run = ?", arguments: [release.run])
            for result in release.services {
                try database.execute(
                    sql: """
                        INSERT OR IGNORE INTO release_service
                            (run, service, region, environment, started, position, outcome, commit_id)
                        SELECT run, ?, ?, environment, started, position, outcome, ? FROM release WHERE run = ?
                        """,
                    arguments: [result.service, result.region, result.commit ?? "", release.run])
            }
            try Self.keep(Delivery.all(of: release), in: database)
        }
    }

    package func release(run: String) async throws -> ReleaseDocument? {
        try await read { database in
            guard
                let text = try String.fetchOne(
                    database, sql: "SELECT document FROM release WHERE run = ?", arguments: [run])
            else { return nil }
            return try Rows.decode(ReleaseDocument.self, from: text, table: "release", key: run)
        }
    }

    package func releases(_ query: LedgerQuery) async throws -> [ReleaseDocument] {
        try await read { database in
            try self.requireHere(query.environment, in: database)
            guard query.limit > 0 else { return [] }
            return try Self.positions(of: query, in: database).compactMap { position in
                guard
                    let row = try Row.fetchOne(
                        database, sql: "SELECT run, document FROM release WHERE position = ?", arguments: [position])
                else { return nil }
                return try Rows.decode(
                    ReleaseDocument.self, from: row["document"], table: "release", key: row["run"])
            }
        }
    }
}
