#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What is at a path of the work tree, found without following a link on the way.
enum WorkTreeFile: Hashable {
    case absent
    case file(bytes: Int)
    case link
    case folder
    /// A pipe, a socket, a device: git has no word for it.
    case other

    /// - Parameter path: below `top`, in git's form.
    static func at(_ path: [UInt8], below top: String) -> WorkTreeFile {
        var status = stat()
        var reached = Array(top.utf8)
        let parts = path.split(separator: UInt8(ascii: "/"))
        for (index, part) in parts.enumerated() {
            reached += [UInt8(ascii: "/")] + part
            guard lstat(reached.map { CChar(bitPattern: $0) } + [0], &status) == 0 else { return .absent }
            let isLast = index == parts.count - 1
            // Below a link is another folder, whatever it holds.
            if !isLast, status.st_mode & S_IFMT != S_IFDIR { return .absent }
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(bytes: Int(status.st_size))
        case S_IFLNK: return .link
        case S_IFDIR: return .folder
        default: return .other
        }
    }
}
