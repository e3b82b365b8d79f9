import JSON

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Who holds the lock of a Terraform state, as the lock itself says.
package struct StateLockHolder: Codable, Hashable, Sendable {
    package var id: String
    /// `user@host`.
    package var who: String
    /// `OperationTypeApply` and the like.
    package var operation: String
    /// RFC 3339.
    package var created: String

    package init(id: String, who: String, operation: String, created: String) {
        self.id = id
        self.who = who
        self.operation = operation
        self.created = created
    }

    /// Of the JSON that Terraform writes for every backend (`statemgr.LockInfo`); nil for anything else.
    package init?(lockInfo: some Sequence<UInt8>) {
        guard let value = try? JSONValue(parsing: lockInfo), let id = value["ID"]?.string else { return nil }
        self.init(
            id: id, who: value["Who"]?.string ?? "", operation: value["Operation"]?.string ?? "",
            created: value["Created"]?.string ?? "")
    }
}

/// The lock of a state that is a file: advisory, held by the kernel for the process that works, with a note beside it.
enum FileStateLock {
    /// Nil when nobody holds it; a note that a killed process left does not count.
    static func holder(ofState path: String) -> StateLockHolder? {
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        guard fcntl(file, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let note = path[..<slash] + "." + path[slash...] + ".lock.info"
        return StateLockHolder(lockInfo: RootFiles.contents(String(note)) ?? [])
            ?? StateLockHolder(id: "", who: "process \(lock.l_pid)", operation: "", created: "")
    }
}
