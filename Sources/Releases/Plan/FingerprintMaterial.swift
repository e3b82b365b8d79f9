import Configuration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What two revisions must have in common to be the same deployment: source, and every setting that the platform is
/// given. Health windows, suites and order are not part of it, since they change no revision.
struct FingerprintMaterial: Codable {
    var source: String
    var repository: String
    var container: ContainerSettings
    var environment: [ConfiguredVariable]
    /// On the local Cloud Run an image is where its builder left it: what Docker built no other runtime can start. Nil
    /// where images are pushed to a registry.
    var builder: String?

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
