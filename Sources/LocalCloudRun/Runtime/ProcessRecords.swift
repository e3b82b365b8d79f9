#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder in which every running process has a file, so that a server that was killed can be cleaned up after.
struct ProcessRecords: Sendable {
    let folder: String

    init(beside store: String) {
        let parts = store.split(separator: "/", omittingEmptySubsequences: true).dropLast()
        folder = (store.hasPrefix("/") ? "/" : "./") + (parts + ["instances"]).joined(separator: "/")
    }

    func path(owner: String, instance: String) throws(RuntimeError) -> String {
        let directory = self.directory(owner)
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw .couldNotStart(reason: "`\(directory)` cannot be made: \(error)")
        }
        return "\(directory)/\(Self.fileName(instance))"
    }

    func killAll(owner: String) {
        let directory = self.directory(owner)
        for file in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            let path = "\(directory)/\(file)"
            if let record = ProcessRecord.read(path),
                record.matches(ProcessRecord.read("/proc/\(record.processID)/stat"))
            {
                // The whole group: what the process started goes with it.
                kill(-record.processID, SIGKILL)
            }
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    private func directory(_ owner: String) -> String { "\(folder)/\(Self.fileName(owner))" }

    /// One path component, whatever the name holds.
    static func fileName(_ name: String) -> String {
        let safe = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "_" })
        return safe.isEmpty ? "_" : safe
    }
}
