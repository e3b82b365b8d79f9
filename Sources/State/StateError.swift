import GRDB

/// What can be wrong with the state besides SQLite's own errors.
enum StateError: Error, Hashable {
    /// A folder or file could not be made; `code` is an errno.
    case file(path: String, operation: String, code: Int32)
    /// The connection would lose acknowledged commits.
    case notDurable(setting: String, value: String)
    /// The file has tables of a version that this program does not know.
    case newerSchema
    case unreadableRow(table: String, key: String, reason: String)
    case newerEntry(run: String, version: Int)
    case noResult
}

extension DatabaseError {
    /// The file may still be read although it cannot be written.
    var preventsWritingOnly: Bool {
        [.SQLITE_FULL, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM].contains(resultCode)
    }
}
