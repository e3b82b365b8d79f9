/// The history of releases.
package protocol Ledger: Sendable {
    /// Writes or replaces the document of a run.
    func record(_ release: ReleaseDocument) async throws

    func release(run: String) async throws -> ReleaseDocument?

    /// Newest first. `service` nil means all, and so does an empty list of regions.
    func releases(
        environment: String, service: String?, regions: [String], limit: Int
    ) async throws -> [ReleaseDocument]
}

extension Ledger {
    package func releases(environment: String, service: String?, limit: Int) async throws -> [ReleaseDocument] {
        try await releases(environment: environment, service: service, regions: [], limit: limit)
    }
}

/// Which image a source digest was built into, so that the same source is never built twice.
package protocol ImageRecords: Sendable {
    func image(builder: String, repository: String, sourceDigest: String) async throws -> BuiltImage?
    func record(_ image: BuiltImage, builder: String, repository: String, sourceDigest: String) async throws
}
