import Verification

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

/// Files that an external runner gets, and those that it leaves.
enum RunnerFiles {
    private static let mostReports = 10_000

    /// The files of a pattern, sorted: every machine that shares them out must see them in the same order. Only the last
    /// part of a path may hold `*`.
    static func matching(_ pattern: String, in folder: String?) -> [String] {
        let slash = pattern.lastIndex(of: "/").map { pattern.index(after: $0) } ?? pattern.startIndex
        let (above, name) = (String(pattern[..<slash]), String(pattern[slash...]))
        guard name.contains("*") else { return isFile(path(pattern, in: folder)) ? [pattern] : [] }
        let place = path(above.isEmpty ? "." : above, in: folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        return names.filter { Glob.matches(name, $0) && isFile("\(place)/\($0)") }.sorted().map { above + $0 }
    }

    /// Every part of a run has another one of every so many.
    static func share(_ files: [String], _ share: RunnerCheck.Share?) -> [String] {
        guard let share else { return files }
        return files.enumerated().filter { $0.offset % share.count == share.index - 1 }.map(\.element)
    }

    static func reports(_ pattern: String, in folder: String?) -> [RunnerReportFile] {
        matching(pattern, in: folder).prefix(mostReports).compactMap { report(path($0, in: folder), named: $0) }
    }

    static func report(_ path: String, named name: String) -> RunnerReportFile? {
        let file = OpenFile(path)
        guard let writtenAt = file?.writtenAt else { return nil }
        return RunnerReportFile(name: name, writtenAt: writtenAt) { offset, count in
            file?.read(at: offset, count)
        }
    }

    private static func path(_ name: String, in folder: String?) -> String {
        guard let folder, !name.hasPrefix("/") else { return name }
        return "\(folder)/\(name)"
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}

/// A regular file that is open for reading for as long as somebody has it.
private final class OpenFile: Sendable {
    private let descriptor: Int32
    /// In seconds since 1970.
    let writtenAt: Double

    /// A pipe in its place would block, a device never end.
    init?(_ path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        #if canImport(Glibc)
        writtenAt = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
        #else
        writtenAt = Double(status.st_mtimespec.tv_sec) + Double(status.st_mtimespec.tv_nsec) / 1e9
        #endif
    }

    deinit { close(descriptor) }

    func read(at offset: Int, _ count: Int) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { room, initialized in
            let taken = pread(descriptor, room.baseAddress, count, off_t(offset))
            failed = taken < 0
            initialized = max(0, taken)
        }
        return failed ? nil : bytes
    }
}
