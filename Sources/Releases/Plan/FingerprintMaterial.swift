import Configuration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What two revisions must have in common to be the same deployment: source, and every setting that the platform is
/// given. Health windows, suites and order are not part of it, since they change no revision.
struct FingerprintMaterial: Codable, Hashable, Sendable {
    var source: String
    var repository: String
    var container: ContainerSettings
    var environment: [ConfiguredVariable]
    /// On the local Cloud Run an image is where its builder left it: what Docker built no other runtime can start. Nil
    /// where images are pushed to a registry.
    var builder: String?

    /// The first labels of a SHA-256 that fit: 40 digits.
    func fingerprint(_ digest: Digest) -> String { String(digest(text).prefix(40)) }

    /// Whether it names outputs that only the run's own apply makes or changes: what is deployed has their values, and so
    /// must its fingerprint, or the next plan would find another one.
    var awaitsOutputs: Bool {
        variables.contains { variable in
            if case .literal(let text) = variable.value { !ReferenceText.outputs(in: text).isEmpty } else { false }
        }
    }

    func filling(outputs: [String: String]) -> FingerprintMaterial {
        var copy = self
        copy.environment = environment.map { Self.filling(outputs, in: $0) }
        for index in (container.sidecars ?? []).indices {
            copy.container.sidecars?[index].environment =
                container.sidecars?[index].environment.map { Self.filling(outputs, in: $0) } ?? []
        }
        return copy
    }

    private var variables: [ConfiguredVariable] { environment + (container.sidecars ?? []).flatMap(\.environment) }

    private static func filling(_ outputs: [String: String], in variable: ConfiguredVariable) -> ConfiguredVariable {
        guard case .literal(let text) = variable.value else { return variable }
        var copy = variable
        copy.value = .literal(ReferenceText.filling(outputs: outputs, in: text))
        return copy
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
