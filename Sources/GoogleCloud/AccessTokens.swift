/// Where OAuth access tokens come from. Throws ``Failure`` with `permission` when there should be one and is not.
package protocol AccessTokens: Sendable {
    /// Nil where none is wanted, as by the local Cloud Run.
    func token() async throws -> String?

    /// The server did not take `token` (401), although it should still be good: the next one must be a new one.
    func forget(_ token: String) async

    /// The project that calls are counted against (`X-Goog-User-Project`); nil for the credentials' own.
    var quotaProject: String? { get async }
}

extension AccessTokens {
    package func forget(_ token: String) async {}

    package var quotaProject: String? { nil }
}

/// For the local Cloud Run.
package struct NoAccessTokens: AccessTokens {
    package init() {}

    package func token() async throws -> String? { nil }
}
