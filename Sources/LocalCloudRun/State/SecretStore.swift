#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The secrets of this machine: `NAME/VERSION` is one version of a secret; `NAME` alone, as a file, is a secret with a
/// single version. `latest` is the file of that name or the greatest number.
package struct SecretStore: Sendable {
    /// Cloud Run's own limit of a secret version.
    private static let maximumBytes = 65_536

    var folder: String

    package init(folder: String) {
        self.folder = folder
    }

    /// nil when there is no such secret or version, or when it is too long to be one.
    package func value(_ name: String, version: String) -> [UInt8]? {
        guard Self.isName(name), Self.isName(version) else { return nil }
        let path = "\(folder)/\(name)"
        if let versions = try? FileManager.default.contentsOfDirectory(atPath: path) {
            return Self.resolve(version, among: versions).flatMap { read("\(path)/\($0)") }
        }
        return version == "latest" || version == "1" ? read(path) : nil
    }

    /// The file that a version means.
    static func resolve(_ version: String, among files: [String]) -> String? {
        if files.contains(version) { return version }
        guard version == "latest" else { return nil }
        return files.filter { (Int($0) ?? 0) > 0 }.max { (Int($0) ?? 0) < (Int($1) ?? 0) }
    }

    /// As Cloud Run's messages name it.
    static func fullName(_ name: String, project: String) -> String {
        name.contains("/") ? name : "projects/\(project)/secrets/\(name)"
    }

    /// Letters, digits, `-` and `_`, so that it never leads out of the folder.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
                    || $0 == 0x5F
            }
    }

    private func read(_ path: String) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.maximumBytes else {
            return nil
        }
        return Array(data)
    }
}
