#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Outputs as they were when Terraform was last asked, so that reading the configuration starts no program. None of them
/// is sensitive.
enum RememberedOutputs {
    private static func path(root: String, environment: String) -> String {
        // As `Session.stateFolder`, which needs the configuration that this is read for.
        let named = ProcessEnvironment.nonEmpty("STAGECTL_STATE").flatMap { $0.hasPrefix("gs://") ? nil : $0 }
        return (named ?? root + "/.stagectl") + "/infra/\(environment)/outputs.json"
    }

    static func read(root: String, environment: String) -> [String: String] {
        guard !environment.contains("/"),
            let data = try? Data(contentsOf: URL(filePath: path(root: root, environment: environment)))
        else { return [:] }
        return (try? JSONDecoder().decode([String: String].self, from: data)) ?? [:]
    }

    static func write(_ outputs: [String: String], root: String, environment: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(outputs), as: UTF8.self)
        try Folders.write(text, to: path(root: root, environment: environment))
    }
}
