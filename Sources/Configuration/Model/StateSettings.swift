/// Where the journal, the history and the locks of an environment are kept.
package struct StateSettings: Codable, Hashable, Sendable {
    package enum Backend: String, Codable, Hashable, Sendable, CaseIterable {
        /// A file on this machine, for one person.
        case sqlite
        /// A bucket of Cloud Storage, for a team.
        case gcs
    }

    package var backend: Backend
    /// Of Cloud Storage; nil for `sqlite`.
    package var bucket: String?
    /// Names in the bucket begin like that; nil means the environment's own name, so that one bucket can serve all of
    /// them.
    package var prefix: String?

    package init(backend: Backend = .sqlite, bucket: String? = nil, prefix: String? = nil) {
        self.backend = backend
        self.bucket = bucket
        self.prefix = prefix
    }

    /// From `gs://BUCKET/PREFIX`; nil for anything else.
    package init?(url: String) {
        guard url.hasPrefix("gs://") else { return nil }
        let parts = url.dropFirst(5).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let prefix = parts.count > 1 ? String(parts[1]) : ""
        guard StringRule.bucket.allows(String(parts[0])), prefix.isEmpty || StringRule.statePrefix.allows(prefix) else {
            return nil
        }
        self.init(backend: .gcs, bucket: String(parts[0]), prefix: prefix)
    }
}
