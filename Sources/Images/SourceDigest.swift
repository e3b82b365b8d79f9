import Crypto
package import Releases

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The content digest of a service's source where there is no repository to ask.
package enum SourceDigest {
    /// Version control's own folder and stagectl's state change without the source changing.
    private static let ignoredNames: Set<[UInt8]> = [Array(".git".utf8), Array(".stagectl".utf8)]
    private static let fileLimit = 100_000
    private static let byteLimit: Int64 = 8 << 30
    private static let depthLimit = 100

    /// SHA-256 (64 hex digits) over names, kinds and content of all files under the paths, which are relative to
    /// `root`. Links count as links, folders by what is in them.
    package static func ofFiles(_ paths: [String], root: String) throws(Failure) -> String {
        var walk = Walk()
        for path in paths.sorted() {
            do throws(PosixError) {
                try walk.visit(Array(absolute(path, in: root).utf8), name: Array(path.utf8), depth: 0)
            } catch {
                throw Failure(
                    .configuration, "source path `\(path)` cannot be read",
                    details: [.init("path", error.path), .init("reason", error.reason)],
                    hint: "correct `source.paths` of the service")
            }
        }
        return walk.hash.finalize().hex
    }

    private struct Walk {
        var hash = SHA256()
        var files = 0
        var bytes: Int64 = 0

        mutating func visit(_ path: [UInt8], name: [UInt8], depth: Int) throws(PosixError) {
            switch try PosixFile.kind(of: path) {
            case .folder:
                guard depth < depthLimit else {
                    throw PosixError(String(decoding: path, as: UTF8.self), code: ENAMETOOLONG)
                }
                for child in try PosixFile.names(in: path) where !ignoredNames.contains(child) {
                    let slash = [UInt8(ascii: "/")]
                    try visit(path + slash + child, name: name + slash + child, depth: depth + 1)
                }
            case .link:
                record(kind: "link", name: name, content: Array(SHA256.hash(data: try PosixFile.linkTarget(of: path))))
            case .file(let executable):
                files += 1
                var content = SHA256()
                try PosixFile.read(path) { part throws(PosixError) in
                    content.update(data: part)
                    bytes += Int64(part.count)
                    guard files <= fileLimit, bytes <= byteLimit else {
                        throw PosixError(String(decoding: path, as: UTF8.self), code: EFBIG)
                    }
                }
                record(kind: executable ? "executable" : "file", name: name, content: Array(content.finalize()))
            case .other:
                break
            }
        }

        private mutating func record(kind: String, name: [UInt8], content: [UInt8]) {
            hash.update(data: Array(kind.utf8) + [0] + name + [0] + content)
        }
    }
}
