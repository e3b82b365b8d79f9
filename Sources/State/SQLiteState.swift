import GRDB
package import Releases

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Journal, ledger, image records and locks of one machine, in one SQLite file.
///
/// Everything that was acknowledged survives `kill -9` and a power cut: WAL with `synchronous=FULL` syncs on every
/// commit. A record whose acknowledgement was lost may be there too, so readers never count on its absence.
package final class SQLiteState: Sendable {
    /// The folder that holds the file.
    package let folder: String
    let queue: DatabaseQueue
    /// Seconds since 1970, for leases and time stamps.
    let now: @Sendable () -> Double
    let isGone: @Sendable (LockHolder) -> Bool

    /// Opens the state in `folder`, creating both. Throws ``Failure`` when they cannot be used.
    ///
    /// - Parameter isGone: whether a holder of a lock is known to be dead, so that nobody waits for its lease.
    package init(
        folder: String, now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 },
        isGone: @escaping @Sendable (LockHolder) -> Bool = { _ in false }
    ) throws {
        self.folder = folder
        self.now = now
        self.isGone = isGone
        let place = StateFolder(path: folder)
        do {
            try place.create()
            // One process at a time creates, switches to WAL and migrates; SQLite answers "busy" to the second one
            // without waiting while the journal mode changes.
            let opening = place.lockForOpening()
            defer { opening?.unlock() }
            try place.createDatabaseFile()
            queue = try Self.open(place.databasePath)
        } catch {
            throw Failure(stateError: error, path: place.databasePath)
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        let queue: DatabaseQueue
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration(readonly: false))
            try queue.inDatabase { database in
                try DatabaseSettings.assertDurable(database)
            }
            try Schema.bringUpToDate(queue)
        } catch let error as DatabaseError where error.preventsWritingOnly {
            // A full or read-only disk must not hide what the journal says.
            let reader = try DatabaseQueue(path: path, configuration: configuration(readonly: true))
            try Schema.assertReadable(reader)
            return reader
        }
        return queue
    }

    private static func configuration(readonly: Bool) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.readonly = readonly
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            // GRDB's own WAL set-up would leave `synchronous` at NORMAL, which loses commits in a power cut.
            try DatabaseSettings.apply(to: database, readonly: readonly)
        }
        return configuration
    }

    /// Runs `body` in a transaction. Not interrupted by cancellation: a cancelled run still journals how it ends.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await perform { database in
            var result: Value?
            try database.inTransaction(.immediate) {
                result = try body(database)
                return .commit
            }
            guard let result else { throw StateError.noResult }
            return result
        }
    }

    /// Runs `body` on what is stored now. Not interrupted by cancellation.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await perform(body)
    }

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
            throw Failure(stateError: error, path: StateFolder(path: folder).databasePath)
        }
    }
}

/// The settings on which durability rests, for every connection.
enum DatabaseSettings {
    static func apply(to database: Database, readonly: Bool) throws {
        if !readonly {
            let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            guard mode == "wal" else { throw StateError.notDurable(setting: "journal_mode", value: mode ?? "nothing") }
        }
        try database.execute(sql: "PRAGMA synchronous = FULL")
    }

    /// Reads the settings back: a connection that does not sync every commit must not be used.
    static func assertDurable(_ database: Database) throws {
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        guard synchronous == 2 else {
            throw StateError.notDurable(setting: "synchronous", value: synchronous.map(String.init) ?? "nothing")
        }
    }
}
