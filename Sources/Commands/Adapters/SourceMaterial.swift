import Configuration
import Images
import Releases

/// What decides whether a service must be built again: the content of its paths, and how it is built.
enum SourceMaterial {
    static func digest(
        of settings: SourceSettings, root: String, repository: (any SourceRepository)?
    ) async throws -> String {
        let content: String =
            if let repository {
                try await repository.digest(of: settings.paths)
            } else {
                try SourceDigest.ofFiles(settings.paths, root: root)
            }
        let arguments = settings.arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return Fingerprint.sha256(
            ([content, settings.context, settings.dockerfile] + arguments + ["--"] + settings.before + ["--"]
                + (settings.process ?? []) + later(settings)).joined(separator: "\u{0}"))
    }

    /// Keys that came later add nothing where they are not used, so that what was built before is not built again. A
    /// secret counts by its name, for its value must not be guessed from a digest.
    private static func later(_ settings: SourceSettings) -> [String] {
        let target = settings.target.map { ["--target", $0] } ?? []
        let secrets = (settings.secrets ?? []).map(\.id).sorted()
        return target + (secrets.isEmpty ? [] : ["--secrets"] + secrets)
    }
}
