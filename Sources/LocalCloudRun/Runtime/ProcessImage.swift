#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What stands for an image where there is no engine: a command, stored under the digest of its executable and
/// arguments.
struct ProcessImage: Hashable, Sendable, Decodable {
    var command: [String]
    var workingDirectory: String?

    /// Read from `<store>/sha256-DIGEST/manifest.json`; nil when there is no such image or it is not well-formed.
    static func load(_ image: String, store: String) -> Self? {
        guard let folder = folder(of: image),
            let data = FileManager.default.contents(atPath: "\(store)/\(folder)/manifest.json"),
            data.count <= 1 << 20,
            let manifest = try? JSONDecoder().decode(Self.self, from: data),
            manifest.command.first?.isEmpty == false
        else { return nil }
        return manifest
    }

    /// `sha256-DIGEST`; nil when the reference has no well-formed digest, so that it can never lead out of the store.
    static func folder(of image: String) -> String? {
        guard let at = image.lastIndex(of: "@") else { return nil }
        let digest = image[image.index(after: at)...]
        guard digest.hasPrefix("sha256:") else { return nil }
        let digits = digest.dropFirst(7)
        guard digits.utf8.count == 64, digits.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else { return nil }
        return "sha256-\(digits)"
    }

    /// Cloud Run's rule: a command replaces the image's entry point, arguments follow it.
    func arguments(for specification: InstanceSpecification) -> [String] {
        (specification.command.isEmpty ? command : specification.command) + specification.arguments
    }
}
