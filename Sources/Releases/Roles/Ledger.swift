/// The history of releases.
package protocol Ledger: Sendable {
    /// Writes or replaces the document of a run.
    func record(_ release: ReleaseDocument) async throws

    func release(run: String) async throws -> ReleaseDocument?

    /// Newest first.
    func releases(_ query: LedgerQuery) async throws -> [ReleaseDocument]
}

extension Ledger {
    /// Newest first. `service` nil means all, and so does an empty list of regions.
    package func releases(
        environment: String, service: String?, regions: [String] = [], limit: Int
    ) async throws -> [ReleaseDocument] {
        try await releases(
            LedgerQuery(environment: environment, services: service.map { [$0] } ?? [], regions: regions, limit: limit))
    }
}

/// What the figures of delivery are computed from.
package protocol DeliveryRecords: Sendable {
    /// What every release that began since then did to each of its services, the oldest first.
    ///
    /// - Parameter since: RFC 3339 in UTC, without its `Z`; nil for all.
    func deliveries(environment: String, since: String?) async throws -> [Delivery]
}

/// Which image a source digest was built into, so that the same source is never built twice.
package protocol ImageRecords: Sendable {
    func image(builder: String, repository: String, sourceDigest: String) async throws -> BuiltImage?
    func record(_ image: BuiltImage, builder: String, repository: String, sourceDigest: String) async throws
}
