import JSON

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The few files that are read and written around a root.
enum RootFiles {
    /// Nil where it cannot be read; a longer file than `limit` bytes is cut.
    static func contents(_ path: String, from offset: Int = 0, limit: Int = 64 << 20) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard lseek(file, off_t(offset), SEEK_SET) >= 0 else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            let count = read(file, &chunk, min(chunk.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// For this user alone, whole or not at all. 0, or why not.
    static func write(_ bytes: [UInt8], to path: String) -> Int32 {
        let unfinished = path + ".unfinished"
        let file = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return errno }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                let code = errno
                close(file)
                unlink(unfinished)
                return code
            }
            rest = rest.dropFirst(count)
        }
        close(file)
        return rename(unfinished, path) == 0 ? 0 : errno
    }

    /// Nobody else reads what may hold secrets, whoever has written it.
    static func protect(_ path: String) { chmod(path, isFolder(path) ? 0o700 : 0o600) }

    static func remove(_ path: String) { unlink(path) }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Of the modules that `init` has found, as its own list in the data folder says; those of registries too.
    static func moduleFolders(listedIn data: String, root: String) -> [String] {
        guard let list = contents(data + "/modules/modules.json").flatMap({ try? JSONValue(parsing: $0) }) else {
            return []
        }
        let folders = (list["Modules"]?.array ?? []).compactMap { $0["Dir"]?.string }.filter { $0 != "." && $0 != "" }
        return Set(folders).sorted().map { $0.hasPrefix("/") ? $0 : "\(root)/\($0)" }
    }

    /// Names in a folder, sorted; empty where it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }
