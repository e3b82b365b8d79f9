import GRDB
package import Releases

/// Which releases a list is made of. Everything that is asked for stands in the index by which it is sorted.
extension SQLiteState {
    /// Newest first.
    static func positions(of query: LedgerQuery, in database: Database) throws -> [Int64] {
        var places: [Place]
        if let commit = query.commit, query.services.isEmpty {
            places = try found(query, in: database, by: "release_of_commit", service: nil, commit: commit)
        } else if !query.services.isEmpty {
            // Each service's newest come from its own part of the index.
            places = try query.services.flatMap {
                try found(query, in: database, by: "release_of_service", service: $0, commit: query.commit)
            }
        } else if !query.regions.isEmpty {
            places = try found(query, in: database, by: nil, service: nil, commit: nil)
        } else {
            places = try newest(query, in: database)
        }
        places.sort { ($0.started, $0.position) > ($1.started, $1.position) }
        var seen: Set<Int64> = []
        return Array(places.map(\.position).filter { seen.insert($0).inserted }.prefix(query.limit))
    }

    private struct Place {
        var started: String
        var position: Int64

        init(_ row: Row) {
            started = row["started"]
            position = row["position"]
        }
    }

    private static func newest(_ query: LedgerQuery, in database: Database) throws -> [Place] {
        var (conditions, arguments) = try common(query, in: database)
        arguments += [query.limit]
        conditions = "SELECT started, position FROM release WHERE \(conditions)"
        return try Row.fetchAll(
            database, sql: conditions + " ORDER BY started DESC, position DESC LIMIT ?", arguments: arguments
        ).map(Place.init)
    }

    private static func found(
        _ query: LedgerQuery, in database: Database, by index: String?, service: String?, commit: String?
    ) throws -> [Place] {
        var (conditions, arguments) = try common(query, in: database)
        if let service {
            conditions += " AND service = ?"
            arguments += [service]
        }
        if !query.regions.isEmpty {
            conditions += " AND region IN (\(marks(query.regions.count)))"
            arguments += StatementArguments(query.regions)
        }
        if let commit {
            // All that begin like that: hex digits come before `g`.
            conditions += " AND commit_id >= ? AND commit_id < ?"
            arguments += [commit, commit + "g"]
        }
        arguments += [query.limit]
        return try Row.fetchAll(
            database,
            sql: """
                SELECT DISTINCT started, position FROM release_service \(index.map { "INDEXED BY \($0)" } ?? "")
                WHERE \(conditions) ORDER BY started DESC, position DESC LIMIT ?
                """, arguments: arguments
        ).map(Place.init)
    }

    /// What both tables say of a release.
    private static func common(
        _ query: LedgerQuery, in database: Database
    ) throws -> (conditions: String, arguments: StatementArguments) {
        var conditions = "environment = ?"
        var arguments: StatementArguments = [query.environment]
        if !query.outcomes.isEmpty {
            conditions += " AND outcome IN (\(marks(query.outcomes.count)))"
            arguments += StatementArguments(query.outcomes.map(\.rawValue))
        }
        if let since = query.since {
            conditions += " AND started >= ?"
            arguments += [since]
        }
        if let until = query.until {
            conditions += " AND started < ?"
            arguments += [until]
        }
        if let run = query.after {
            let row = try Row.fetchOne(
                database, sql: "SELECT started, position FROM release WHERE run = ?", arguments: [run])
            guard let row else { throw RunRefusal.notInHistory(run) }
            conditions += " AND (started, position) < (?, ?)"
            arguments += [row["started"] as String, row["position"] as Int64]
        }
        return (conditions, arguments)
    }

    private static func marks(_ count: Int) -> String {
        Array(repeating: "?", count: count).joined(separator: ", ")
    }
}

extension SQLiteState: DeliveryRecords {
    package func deliveries(environment: String, since: String?) async throws -> [Delivery] {
        try await read { database in
            try self.requireHere(environment, in: database)
            // One text of all lines: a row for each would cost more than the lines.
            let lines = try String.fetchOne(
                database,
                sql: """
                    SELECT group_concat(delivery, char(10)) FROM (
                        SELECT delivery FROM release_service INDEXED BY delivery_newest
                        WHERE environment = ? AND started >= ? ORDER BY started, position)
                    """, arguments: [environment, since ?? ""])
            return Delivery.all(lines: lines ?? "")
        }
    }

    static func keep(_ deliveries: [Delivery], in database: Database) throws {
        for delivery in deliveries {
            try database.execute(
                sql: "UPDATE release_service SET delivery = ? WHERE run = ? AND service = ? AND region = ?",
                arguments: [delivery.line, delivery.run, delivery.service, delivery.region])
        }
    }

    /// Of releases that an earlier version recorded. One that cannot be read has no figures, but stays.
    static func fillDeliveries(in database: Database) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT run, document FROM release")
        var deliveries: [Delivery] = []
        while let row = try rows.next() {
            let release = try? Rows.decode(
                ReleaseDocument.self, from: row["document"], table: "release", key: row["run"])
            deliveries += release.map(Delivery.all) ?? []
        }
        try keep(deliveries, in: database)
    }
}
