import Infrastructure

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A plan as it was shown, beside Terraform's own file of it.
enum KeptPlan {
    static func write(_ plan: InfrastructurePlan, beside file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try Folders.write(String(decoding: try encoder.encode(plan), as: UTF8.self), to: file + ".json")
    }

    /// Nil where there is none, or one of another version.
    static func read(beside file: String) -> InfrastructurePlan? {
        guard let data = try? Data(contentsOf: URL(filePath: file + ".json")) else { return nil }
        return try? JSONDecoder().decode(InfrastructurePlan.self, from: data)
    }
}
