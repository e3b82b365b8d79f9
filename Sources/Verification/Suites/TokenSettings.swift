package import JSON

/// How tokens of test users are made.
package struct TokenSettings: Hashable, Sendable {
    /// The name of a secret: the key of HS256, or the private key of RS256 in PEM form.
    package var secret: String
    package var algorithm: TokenAlgorithm
    /// Which of the verifier's keys it is (`kid`, RFC 7515 section 4.1.4).
    package var keyID: String?
    package var claims: [String: JSONValue]
    package var lifetimeSeconds: Int
    package var header: String

    package init(
        secret: String, algorithm: TokenAlgorithm = .hs256, keyID: String? = nil, claims: [String: JSONValue] = [:],
        lifetimeSeconds: Int = 300, header: String = "Authorization"
    ) {
        self.secret = secret
        self.algorithm = algorithm
        self.keyID = keyID
        self.claims = claims
        self.lifetimeSeconds = lifetimeSeconds
        self.header = header
    }
}

/// RFC 7518 section 3.1.
package enum TokenAlgorithm: String, Hashable, Sendable, CaseIterable {
    case hs256 = "HS256"
    case rs256 = "RS256"
}
