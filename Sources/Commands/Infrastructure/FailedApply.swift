#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An apply that did not succeed, until one does: a plan that is empty afterwards does not mean that all is well, and
/// outputs that differ are no drift. It is written before the apply begins, so that a kill leaves it too.
struct FailedApply: Codable, Hashable, Sendable {
    var run: String
    /// What Terraform said; empty where it was cut before it could say anything.
    var errors: [String]

    private static func path(_ folder: String) -> String { folder + "/failed-apply.json" }

    /// Nil where the last apply was a good one.
    static func read(in folder: String) -> FailedApply? {
        guard let data = try? Data(contentsOf: URL(filePath: path(folder))) else { return nil }
        return try? JSONDecoder().decode(FailedApply.self, from: data)
    }

    func write(in folder: String) {
        guard let data = try? JSONEncoder().encode(self) else { return }
        try? Folders.write(String(decoding: data, as: UTF8.self), to: Self.path(folder))
    }

    static func clear(in folder: String) {
        try? FileManager.default.removeItem(atPath: path(folder))
    }

    /// As it stands after "the last apply (run …)".
    var words: String { errors.isEmpty ? "did not come to its end" : "failed" }
}

/// What the last good apply was made of, until the next one: a file with one digest.
enum AppliedConfiguration {
    private static func path(_ folder: String) -> String { folder + "/applied-configuration" }

    static func read(in folder: String) -> String? {
        (try? Data(contentsOf: URL(filePath: path(folder)))).map { String(decoding: $0, as: UTF8.self) }
    }

    static func write(_ digest: String, in folder: String) {
        try? Folders.write(digest, to: path(folder))
    }
}
