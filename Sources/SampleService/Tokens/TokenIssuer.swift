import Crypto

/// Signs and verifies JSON Web Tokens with HS256 and one shared secret.
struct TokenIssuer: Sendable {
    private static let lifetimeSeconds = 3600

    private let key: SymmetricKey

    init(secret: String) { key = SymmetricKey(data: Array(secret.utf8)) }

    func token(for user: String, now: Int) -> String {
        let header: JSON = ["alg": "HS256", "typ": "JWT"]
        let claims: JSON = ["sub": .string(user), "iat": .integer(now), "exp": .integer(now + Self.lifetimeSeconds)]
        let signed = Base64.encodeURL(header.serialized.utf8) + "." + Base64.encodeURL(claims.serialized.utf8)
        let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: key)
        return signed + "." + Base64.encodeURL(Array(code))
    }

    /// The user that the token was made for; nil when it is malformed, forged or expired.
    func user(of token: String, now: Int) -> String? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 4096, parts.count == 3,
            let header = Base64.decodeURL(parts[0]).flatMap(JSONParser.parse), header["alg"]?.text == "HS256",
            let code = Base64.decodeURL(parts[2]),
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: Array((parts[0] + "." + parts[1]).utf8), using: key),
            let claims = Base64.decodeURL(parts[1]).flatMap(JSONParser.parse),
            let user = claims["sub"]?.text, let expiry = claims["exp"]?.integer, expiry > now
        else { return nil }
        return user
    }
}
