#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension PosixFile {
    /// What a name in a folder is, without following links.
    enum Kind: Hashable {
        case file(executable: Bool)
        case link
        case folder
        /// Sockets, pipes, devices: nothing that can be copied into an image.
        case other
    }

    static func kind(of path: [UInt8]) throws(PosixError) -> Kind {
        var status = stat()
        guard lstat(cString(path), &status) == 0 else { throw PosixError(String(decoding: path, as: UTF8.self)) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(executable: status.st_mode & 0o100 != 0)
        case S_IFLNK: return .link
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    /// Names in a folder, in order of their bytes.
    static func names(in folder: [UInt8]) throws(PosixError) -> [[UInt8]] {
        guard let stream = opendir(cString(folder)) else {
            throw PosixError(String(decoding: folder, as: UTF8.self))
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    static func linkTarget(of path: [UInt8]) throws(PosixError) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(cString(path), &buffer, buffer.count)
        guard count >= 0 else { throw PosixError(String(decoding: path, as: UTF8.self)) }
        return buffer.prefix(count).map { UInt8(bitPattern: $0) }
    }

    /// Makes the folder and those above it that are missing.
    static func makeFolders(_ path: String) throws(PosixError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw PosixError(path)
        }
        try makeFolders(String(path[..<slash]))
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw PosixError(path) }
    }

    static func makeTemporaryFolder(in folder: String) throws(PosixError) -> String {
        var template = cString(Array("\(folder)/draft-XXXXXX".utf8))
        guard mkdtemp(&template) != nil else { throw PosixError(folder) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Moves a folder in one step; false when there is one of that name already.
    static func rename(_ folder: String, to target: String) throws(PosixError) -> Bool {
        if renameFolder(folder, target) == 0 { return true }
        guard errno == EEXIST || errno == ENOTEMPTY else { throw PosixError(target) }
        return false
    }

    /// Removes a folder that holds nothing but files, as far as that works.
    static func removeFolder(_ path: String) {
        for name in (try? names(in: Array(path.utf8))) ?? [] {
            unlink(cString(Array("\(path)/".utf8) + name))
        }
        rmdir(path)
    }
}

private func renameFolder(_ source: String, _ target: String) -> Int32 { rename(source, target) }
