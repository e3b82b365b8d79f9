import GRDB
import Releases

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Failure {
    /// Lifts whatever the state's storage threw; a ``Failure`` stays what it is.
    init(stateError error: any Error, path: String) {
        switch error {
        case let failure as Failure: self = failure
        case let error as DatabaseError: self.init(database: error, path: path)
        case let error as StateError: self.init(state: error, path: path)
        default:
            self.init(
                .internalError, "the state in `\(path)` could not be used",
                details: [Detail("reason", "\(error)")])
        }
    }

    private init(database error: DatabaseError, path: String) {
        let details = [
            Detail("file", path), Detail("sqlite", "\(error.extendedResultCode.rawValue): \(error.message ?? "")"),
        ]
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .unavailable, "the disk that holds the state is full", details: details,
                hint: "free some space, then run `stagectl resume`")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .unavailable, "the state cannot be written", details: details,
                hint: "make `\(path)` and its folder writable, or set STAGECTL_STATE to another folder")
        case .SQLITE_CANTOPEN:
            self.init(
                .unavailable, "the state cannot be opened", details: details,
                hint: "check the owner and the permissions of `\(path)`, or set STAGECTL_STATE to another folder")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .unavailable, "the state file `\(path)` is damaged", details: details,
                hint: "keep it for a look and start anew: mv '\(path)' '\(path).damaged'")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .unavailable, "the state is in use by another program", details: details,
                hint: "try again when it has finished")
        case .SQLITE_IOERR:
            // The sync may have failed after the bytes were written.
            self.init(
                .unavailable, "the disk that holds the state does not work", details: details,
                hint: "check the disk, then run `stagectl resume`", mayHaveHappened: true)
        default:
            self.init(.internalError, "the state could not be used", details: details)
        }
    }

    private init(state error: StateError, path: String) {
        switch error {
        case .file(let file, let operation, let code):
            self.init(
                .unavailable, "`\(file)` could not be \(operation)",
                details: [Detail("reason", String(cString: strerror(code)))],
                hint: "set STAGECTL_STATE to a folder that can be written")
        case .notDurable(let setting, let value):
            self.init(
                .unavailable, "the state in `\(path)` would not survive a power cut",
                details: [Detail("sqlite", "\(setting) is \(value)")],
                hint: "set STAGECTL_STATE to a folder on a local disk")
        case .newerSchema:
            self.init(
                .unavailable, "the state in `\(path)` was written by a newer stagectl",
                hint: "install the newest stagectl, or set STAGECTL_STATE to another folder")
        case .newerEntry(let run, let version):
            self.init(
                .unavailable, "the journal of run `\(run)` was written by a newer stagectl",
                details: [Detail("entry version", "\(version)")], hint: "install the newest stagectl")
        case .unreadableRow(let table, let key, let reason):
            self.init(
                .unavailable, "the state file `\(path)` is damaged",
                details: [Detail("table", table), Detail("key", key), Detail("reason", reason)],
                hint: "keep it for a look and start anew: mv '\(path)' '\(path).damaged'")
        case .noResult:
            self.init(.internalError, "a write to the state ended without a result", mayHaveHappened: true)
        }
    }
}
