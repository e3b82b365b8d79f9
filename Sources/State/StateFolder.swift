#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder in which the state lives: readable by its owner alone, since plans and journals name what is deployed.
struct StateFolder {
    var path: String
    var database = "state.sqlite"

    var databasePath: String { path + "/" + database }

    /// Makes the folder and what is missing above it. Only in a folder of its own making (or an empty one) does it
    /// tell git to look away: the user's own folder may hold files that belong to the repository.
    func create() throws(StateError) {
        if try makeFolder(path) || isEmpty {
            try Self.write(Array("*\n".utf8), to: path + "/.gitignore")
        }
    }

    /// SQLite gives its `-wal` and `-shm` files the permissions of this one.
    func createDatabaseFile() throws(StateError) {
        // Only a file that is not there yet is opened here: closing a descriptor of a database that SQLite has open
        // in this process would drop its POSIX locks.
        let descriptor = open(databasePath, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST, access(databasePath, F_OK) != 0 {
            throw .file(path: databasePath, operation: "created", code: errno)
        }
    }

    /// Held while the database is opened. Nil where no lock file can be made, on a read-only disk say.
    func lockForOpening() -> FileLock? {
        FileLock(path: path + "/opening.lock")
    }

    /// Makes the folder and what is missing above it.
    func makeAll() throws(StateError) { _ = try makeFolder(path) }

    /// Whether it was made here.
    private func makeFolder(_ path: String) throws(StateError) -> Bool {
        if mkdir(path, 0o700) == 0 { return true }
        switch errno {
        case EEXIST:
            return false
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
                throw .file(path: path, operation: "created", code: ENOENT)
            }
            _ = try makeFolder(String(path[..<slash]))
            // Another process may have been faster.
            if mkdir(path, 0o700) == 0 { return true }
            if errno == EEXIST { return false }
            throw .file(path: path, operation: "created", code: errno)
        case let code:
            throw .file(path: path, operation: "created", code: code)
        }
    }

    private var isEmpty: Bool {
        guard let stream = opendir(path) else { return false }
        defer { closedir(stream) }
        // An empty folder has two entries, itself and its parent.
        return readdir(stream) != nil && readdir(stream) != nil && readdir(stream) == nil
    }

    /// For its owner alone from the first byte.
    static func write(_ bytes: [UInt8], to file: String) throws(StateError) {
        let descriptor = open(file, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file(path: file, operation: "created", code: errno) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .file(path: file, operation: "written", code: errno) }
            rest = rest.dropFirst(count)
        }
    }
}

/// `write(2)`, whose name `StateFolder` has too.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}

/// An advisory lock between processes; the kernel drops it when its holder dies.
struct FileLock {
    private let descriptor: Int32

    init?(path: String) {
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                close(descriptor)
                return nil
            }
        }
    }

    func unlock() {
        close(descriptor)
    }
}
