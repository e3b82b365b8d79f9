extension StringRule {
    /// A whole reference, pinned by digest.
    package static let pinnedImage = StringRule(
        pattern: "^[A-Za-z0-9.:_/-]+@sha256:[0-9a-f]{64}$",
        expectation: "an image pinned by digest, such as `us-docker.pkg.dev/project/services/backend@sha256:…`"
    ) { text in
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].hasPrefix("sha256:"), text.utf8.count <= 512 else { return false }
        let digest = parts[1].utf8.dropFirst(7)
        return digest.count == 64 && digest.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            && !parts[0].isEmpty && !parts[0].hasPrefix("-")
            && parts[0].utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || ".:_/-".utf8.contains($0)
            }
    }

    /// What the key `image` of a service takes: where its builds go, or an image that is never built.
    package static let image = StringRule(
        pattern:
            "^([a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*|[A-Za-z0-9.:_/-]+@sha256:[0-9a-f]{64})$",
        expectation: "an image repository such as `backend`, or a whole reference pinned by digest: `…@sha256:…`"
    ) { repository.allows($0) || pinnedImage.allows($0) }
}

extension Service {
    /// The image that the configuration pins, so that nothing is built; nil where `image` names a repository.
    package var pinnedImage: String? { image.utf8.contains(UInt8(ascii: "@")) ? image : nil }
}
