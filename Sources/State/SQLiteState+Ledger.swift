import GRDB
package import Releases

extension SQLiteState: Ledger {
    package func record(_ release: ReleaseDocument) async throws {
        let document = try Rows.encode(release)
        let services = release.services.map { ($0.service, $0.region) }
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO release (run, environment, started, document) VALUES (?, ?, ?, ?)
                    ON CONFLICT (run) DO UPDATE SET environment = excluded.environment, started = excluded.started,
                        document = excluded.document
                    """,
                arguments: [release.run, release.environment, release.started, document])
            try database.execute(sql: "DELETE FROM release_service WHERE run = ?", arguments: [release.run])
            for (service, region) in services {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO release_service (run, service, region) VALUES (?, ?, ?)",
                    arguments: [release.run, service, region])
            }
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

    package func releases(
        environment: String, service: String?, regions: [String], limit: Int
    ) async throws -> [ReleaseDocument] {
        try await read { database in
            try self.requireHere(environment, in: database)
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT run, document FROM release
                    WHERE environment = :environment AND (:service IS NULL AND :regions IS NULL OR EXISTS (
                        SELECT 1 FROM release_service
                        WHERE release_service.run = release.run
                            AND (:service IS NULL OR release_service.service = :service)
                            AND (:regions IS NULL
                                OR release_service.region IN (SELECT value FROM json_each(:regions)))))
                    ORDER BY started DESC, position DESC LIMIT :limit
                    """,
                arguments: [
                    "environment": environment, "service": service,
                    "regions": regions.isEmpty ? nil : try Rows.encode(regions), "limit": max(0, limit),
                ])
            return try rows.map {
                try Rows.decode(ReleaseDocument.self, from: $0["document"], table: "release", key: $0["run"])
            }
        }
    }
}
