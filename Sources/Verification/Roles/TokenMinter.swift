package import JSON

/// Signs test tokens. The algorithm lives in an adapter: this module has no cryptography.
package protocol TokenMinter: Sendable {
    /// A compact JWT (RFC 7519) signed with HS256; `iat` and `exp` are added from the wall clock.
    func mint(_ request: TokenRequest) async throws -> String
}

package struct TokenRequest: Hashable, Sendable {
    package var secret: String
    package var claims: [String: JSONValue]
    package var lifetimeSeconds: Int

    package init(secret: String, claims: [String: JSONValue], lifetimeSeconds: Int = 300) {
        self.secret = secret
        self.claims = claims
        self.lifetimeSeconds = lifetimeSeconds
    }
}
