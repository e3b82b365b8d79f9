#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The files of secret volumes: a folder per instance and volume, made before it starts and removed after it ended.
struct VolumeFiles: Sendable {
    var folder: String

    /// Writes one volume and returns its folder.
    func write(
        _ volume: String, instance: String, files: [(path: String, mode: Int, bytes: [UInt8])]
    ) throws(StartupFailure) -> String {
        let root = "\(path(instance))/\(volume)"
        do {
            try make(path(instance), mode: 0o700)
            try make(root, mode: 0o755)
            for file in files {
                let parts = file.path.split(separator: "/").map(String.init)
                var current = root
                for part in parts.dropLast() {
                    current += "/\(part)"
                    try make(current, mode: 0o755)
                }
                let target = "\(current)/\(parts.last ?? volume)"
                try Data(file.bytes).write(to: URL(filePath: target))
                // Readable by whatever user the container runs as, as in Cloud Run.
                try FileManager.default.setAttributes(
                    [.posixPermissions: file.mode == 0 ? 0o444 : file.mode & 0o777], ofItemAtPath: target)
            }
        } catch {
            throw .volumeUnavailable(name: volume, reason: "its files could not be written: \(error)")
        }
        return root
    }

    func remove(_ instance: String) {
        try? FileManager.default.removeItem(atPath: path(instance))
    }

    /// What a server that was killed left behind.
    func removeAll() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func path(_ instance: String) -> String { "\(folder)/\(instance)" }

    private func make(_ path: String, mode: Int) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        // Set apart: the process's mask would take from what is given at creation.
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
}
