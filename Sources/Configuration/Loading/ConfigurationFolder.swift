#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The folder of configuration files, and the folder that holds it.
package struct ConfigurationFolder: Hashable, Sendable {
    /// Absolute; all paths in the configuration are relative to it.
    package var root: String
    /// The folder's name below `root`, nearly always `environments`.
    package var name: String

    package var path: String { root == "/" ? "/\(name)" : "\(root)/\(name)" }

    package init(root: String, name: String = "environments") {
        self.root = root
        self.name = name
    }

    /// The nearest folder upwards that holds `environments/`.
    package static func nearest(from path: String) -> ConfigurationFolder? {
        guard var folder = absolute(path) else { return nil }
        while true {
            let candidate = ConfigurationFolder(root: folder)
            if isFolder(candidate.path) { return candidate }
            guard folder != "/", let slash = folder.lastIndex(of: "/") else { return nil }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
        }
    }

    /// What `--config DIR` names: the folder of files itself, or the folder that holds `environments/`.
    package static func named(_ path: String) -> ConfigurationFolder? {
        guard let folder = absolute(path), isFolder(folder) else { return nil }
        let inside = ConfigurationFolder(root: folder)
        if isFolder(inside.path) { return inside }
        guard folder != "/", let slash = folder.lastIndex(of: "/") else { return nil }
        let root = slash == folder.startIndex ? "/" : String(folder[..<slash])
        return ConfigurationFolder(root: root, name: String(folder[folder.index(after: slash)...]))
    }

    /// The environments there are, by name.
    package var environments: [String] {
        yamlNames(in: path).filter { $0 != "services" && $0 != "reference" }
    }

    /// The suites there are, by name.
    package var suites: [String] { yamlNames(in: path + "/suites") }

    /// The fragments that suites may use, by name.
    package var fragments: [String] { yamlNames(in: path + "/suites/fragments") }

    private func yamlNames(in folder: String) -> [String] {
        Self.names(in: folder).filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.map { String($0.dropLast(5)) }
            .sorted()
    }

    // MARK: - Files

    package enum Contents: Hashable, Sendable {
        case bytes([UInt8])
        case missing
        /// There, but no file that can be read; the reason is for a person.
        case unreadable(String)
    }

    /// The bytes of a file in this folder, up to one more than the reader accepts.
    package func contents(of file: String) -> Contents {
        Self.contents(ofFile: path + "/" + file)
    }

    /// Bounded, so that a huge file costs nothing; not blocked by a pipe that nobody writes to.
    package static func contents(ofFile path: String) -> Contents {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            return errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return .unreadable("not a regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= ConfigurationReader.sizeLimit {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .unreadable(String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return .bytes(bytes)
    }

    private static func absolute(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                    String(cString: $0)
                }
            }
            names.append(name)
        }
        return names
    }
}
