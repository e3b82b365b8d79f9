/// Where tokens come from that say who we are to one service, which need not be public then. Throws ``Failure`` with
/// `permission` when there is none.
package protocol IdentityTokenSource: Sendable {
    /// `audience` is the URL of the service, without a path.
    func identityToken(audience: String) async throws -> String
}
