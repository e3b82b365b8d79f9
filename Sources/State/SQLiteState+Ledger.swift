import GRDB
package import Releases

extension SQLiteState: Ledger {
    package func record(_ release: ReleaseDocument) async throws {
        let document = try Rows.encode(release)
        let services = Set(release.services.map(\.service))
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO release (run, environment, started, document) VALUES (?, ?, ?, ?)
                    ON CONFLICT (run) DO UPDATE SET environment = excluded.environment, started = excluded.started,
                        document = excluded.document
                    """,
                arguments: [release.run, release.environment, release.started, document])
            try database.execute(sql: "DELETE FROM release_service WHERE run = ?", arguments: [release.run])
            for service in services {
                try database.execute(
                    sql: "INSERT INTO release_service (run, service) VALUES (?, ?)", arguments: [release.run, service])
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

    package func releases(environment: String, service: String?, limit: Int) async throws -> [ReleaseDocument] {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT run, document FROM release
                    WHERE environment = :environment AND (:service IS NULL OR EXISTS (
                        SELECT 1 FROM release_service
                        WHERE release_service.run = release.run AND release_service.service = :service))
                    ORDER BY started DESC, position DESC LIMIT :limit
                    """,
                arguments: ["environment": environment, "service": service, "limit": max(0, limit)])
            return try rows.map {
                try Rows.decode(ReleaseDocument.self, from: $0["document"], table: "release", key: $0["run"])
            }
        }
    }
}
