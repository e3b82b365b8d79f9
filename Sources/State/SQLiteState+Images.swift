import GRDB
package import Releases

extension SQLiteState: ImageRecords {
    package func image(builder: String, repository: String, sourceDigest: String) async throws -> BuiltImage? {
        try await read { database in
            guard
                let text = try String.fetchOne(
                    database,
                    sql: "SELECT image FROM image WHERE builder = ? AND repository = ? AND source_digest = ?",
                    arguments: [builder, repository, sourceDigest])
            else { return nil }
            return try Rows.decode(BuiltImage.self, from: text, table: "image", key: "\(repository) \(sourceDigest)")
        }
    }

    package func record(
        _ image: BuiltImage, builder: String, repository: String, sourceDigest: String
    ) async throws {
        let text = try Rows.encode(image)
        let time = now()
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO image (builder, repository, source_digest, image, built_at) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (builder, repository, source_digest)
                    DO UPDATE SET image = excluded.image, built_at = excluded.built_at
                    """,
                arguments: [builder, repository, sourceDigest, text, time])
        }
    }
}
