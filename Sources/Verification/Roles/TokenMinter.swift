package import JSON

/// Signs test tokens. The algorithm lives in an adapter: this module has no cryptography.
package protocol TokenMinter: Sendable {
    /// A compact JWT (RFC 7519); `iat` and `exp` are added from the wall clock. Throws where the secret is no key of
    /// the algorithm.
    func mint(_ request: TokenRequest) async throws -> String
}

package struct TokenRequest: Hashable, Sendable {
    package var secret: String
    package var algorithm: TokenAlgorithm
    package var keyID: String?
    package var claims: [String: JSONValue]
    package var lifetimeSeconds: Int

    package init(
        secret: String, algorithm: TokenAlgorithm = .hs256, keyID: String? = nil, claims: [String: JSONValue],
        lifetimeSeconds: Int = 300
    ) {
        self.secret = secret
        self.algorithm = algorithm
        self.keyID = keyID
        self.claims = claims
        self.lifetimeSeconds = lifetimeSeconds
    }
}
