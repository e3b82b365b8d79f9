import Crypto
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Walks a build context and writes what is selected of it, in order of names, through gzip into a file. Nothing but one
/// part of one file is in memory at a time.
struct ArchiveWriter {
    /// Codes of its own errors, by the system's words for them.
    static let changedMeanwhile = ESTALE
    static let tooLarge = EFBIG
    static let noSpace = ENOSPC

    private static let mostEntries = 1_000_000
    private static let mostBytes: Int64 = 16 << 30
    /// Each folder above the current one holds a descriptor.
    private static let deepest = 200
    private static let partSize = 1 << 18
    private static let mostNotices = 20

    private let selection: SourceSelection
    private let file: ArchiveFile
    private let gzip: GzipStream
    private var sha256 = SHA256()
    private var md5 = Insecure.MD5()
    private var bytes: Int64 = 0
    private var content: Int64 = 0
    private var entries = 0
    private var notices: [String] = []
    private var leftOut: [String: Int] = [:]
    /// Links by their path, looked up when a link leads over another one.
    private var root: OpenFolder?

    init(selection: SourceSelection) throws(PosixError) {
        self.selection = selection
        file = try ArchiveFile()
        guard let gzip = GzipStream() else { throw PosixError("gzip", code: ENOMEM) }
        self.gzip = gzip
    }

    mutating func add(_ root: OpenFolder) throws(PosixError) {
        self.root = root
        try visit(root, path: [], depth: 0, isBelowLeftOut: false)
    }

    /// A file from elsewhere, under another name; its links are followed.
    mutating func addMoved(_ path: String, as name: String) throws(PosixError) {
        let parts = path.split(separator: "/")
        guard let last = parts.last else { throw PosixError(path, code: EISDIR) }
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard realpath(path, &target) != nil else { throw PosixError(path) }
        let real = String(decoding: target.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = real.split(separator: "/").dropLast().joined(separator: "/")
        let file = real.split(separator: "/").last ?? last
        try addFile(Array(file.utf8), in: try OpenFolder("/" + folder), as: Array(name.utf8))
    }

    mutating func finish(dockerfile: String) throws(PosixError) -> SourceArchive {
        try write(TarHeader.end)
        try gzip.finish { part throws(PosixError) in try take(part) }
        for (rule, count) in leftOut.sorted(by: { $0.key < $1.key }) {
            notices.append("left out by \(rule): \(count) \(count == 1 ? "entry" : "entries")")
        }
        return SourceArchive(
            file: file, bytes: bytes, sha256: sha256.finalize().hex, md5: Data(md5.finalize()).base64EncodedString(),
            entries: entries, dockerfile: dockerfile, notices: notices)
    }

    private mutating func visit(
        _ folder: OpenFolder, path: [UInt8], depth: Int, isBelowLeftOut: Bool
    ) throws(PosixError) {
        guard depth < Self.deepest else {
            throw PosixError(String(decoding: folder.path, as: UTF8.self), code: Self.tooLarge)
        }
        for name in try folder.names() {
            let place = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
            let kind = try folder.kind(of: name)
            switch selection.decide(place, isFolder: kind == .folder, isBelowLeftOut: isBelowLeftOut) {
            case .leaveOut(let rule): if let rule { leftOut[rule, default: 0] += 1 }
            case .lookInside:
                let isOut = isBelowLeftOut || selection.leavesOutAllBelow(place)
                try visit(try folder.folder(name), path: place, depth: depth + 1, isBelowLeftOut: isOut)
            case .take where kind == .folder:
                try count(place)
                try write(TarHeader.bytes(name: place, kind: .folder))
                try visit(try folder.folder(name), path: place, depth: depth + 1, isBelowLeftOut: false)
            case .take:
                try add(name, kind, in: folder, at: place)
            }
        }
    }

    private mutating func add(
        _ name: [UInt8], _ kind: PosixFile.Kind, in folder: OpenFolder, at place: [UInt8]
    ) throws(PosixError) {
        switch kind {
        case .file: try addFile(name, in: folder, as: place)
        case .link:
            let target = try folder.linkTarget(of: name)
            guard LinkTarget.staysInside(place, target: target, target: linkTarget) else {
                let shown = String(decoding: target, as: UTF8.self)
                return notice("`\(String(decoding: place, as: UTF8.self))` leads out of the context, to `\(shown)`")
            }
            try count(place)
            try write(TarHeader.bytes(name: place, kind: .link(target: target)))
        case .other:
            notice("`\(String(decoding: place, as: UTF8.self))` is a pipe, a socket or a device")
        case .folder: break
        }
    }

    private mutating func addFile(_ name: [UInt8], in folder: OpenFolder, as place: [UInt8]) throws(PosixError) {
        try count(place)
        let shown = String(decoding: folder.path + [UInt8(ascii: "/")] + name, as: UTF8.self)
        try folder.withFile(name) { file throws(PosixError) in
            content += file.size
            guard content <= Self.mostBytes else { throw PosixError(shown, code: Self.tooLarge) }
            try write(TarHeader.bytes(name: place, kind: .file(size: file.size, executable: file.executable)))
            var left = file.size
            while left > 0 {
                let part = try Self.read(file.descriptor, at: shown)
                // The header has promised a length.
                guard !part.isEmpty, part.count <= left else { throw PosixError(shown, code: Self.changedMeanwhile) }
                left -= Int64(part.count)
                try write(part)
            }
            guard !file.hasChanged() else { throw PosixError(shown, code: Self.changedMeanwhile) }
            try write(TarHeader.padding(after: file.size))
        }
    }

    private static func read(_ descriptor: Int32, at path: String) throws(PosixError) -> [UInt8] {
        // The task may be cancelled while gigabytes are read.
        guard !Task.isCancelled else { throw PosixError(path, code: ECANCELED) }
        var part = [UInt8](repeating: 0, count: partSize)
        while true {
            let count = part.withUnsafeMutableBytes { readBytes(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw PosixError(path) }
            return Array(part.prefix(count))
        }
    }

    private func linkTarget(_ path: [UInt8]) -> [UInt8]? {
        guard let root else { return nil }
        return try? root.linkTarget(of: path)
    }

    private mutating func count(_ place: [UInt8]) throws(PosixError) {
        entries += 1
        guard entries <= Self.mostEntries else {
            throw PosixError(String(decoding: place, as: UTF8.self), code: Self.tooLarge)
        }
    }

    private mutating func notice(_ text: String) {
        // A tree full of sockets must not drown the build's own lines.
        if notices.count < Self.mostNotices { notices.append("left out: " + text) }
    }

    private mutating func write(_ bytes: [UInt8]) throws(PosixError) {
        try gzip.write(bytes) { part throws(PosixError) in try take(part) }
    }

    private mutating func take(_ part: [UInt8]) throws(PosixError) {
        sha256.update(data: part)
        md5.update(data: part)
        bytes += Int64(part.count)
        try file.append(part)
    }
}

private func readBytes(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(file, bytes, count)
}
