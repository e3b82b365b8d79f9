#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An apply that failed, until one succeeds: a plan that is empty afterwards does not mean that all is well.
struct FailedApply: Codable, Hashable, Sendable {
    var run: String
    /// What Terraform said.
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
}
