/// Where OAuth access tokens come from. Throws ``Failure`` with `permission` when there should be one and is not.
package protocol AccessTokens: Sendable {
    /// Nil where none is wanted, as by the local Cloud Run.
    func token() async throws -> String?
}

/// For the local Cloud Run.
package struct NoAccessTokens: AccessTokens {
    package init() {}

    package func token() async throws -> String? { nil }
}
