#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where a configured path lies below the repository's top.
enum PathInRepository {
    /// The path's bytes relative to `top`, empty for the top itself. `.` and `..` are resolved by name; only `root`
    /// and `top` are looked up on disk, because a link inside the repository is content, not a way around it.
    static func resolve(_ path: String, root: String, top: String) throws(SourceControlError) -> [UInt8] {
        guard !path.utf8.contains(0), !root.utf8.contains(0) else { throw .pathNotFound(path) }
        guard let root = canonical(root) else { throw .pathNotFound(root) }
        let topParts = parts(of: canonical(top) ?? top)
        var result = path.hasPrefix("/") ? [] : parts(of: root)
        for part in parts(of: path) {
            switch part {
            case ".": continue
            case "..": _ = result.popLast()
            default: result.append(part)
            }
        }
        guard result.starts(with: topParts) else { throw .outsideRepository(path) }
        return Array(result.dropFirst(topParts.count).joined(separator: "/").utf8)
    }

    private static func parts(of path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: true)
    }

    private static func canonical(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
