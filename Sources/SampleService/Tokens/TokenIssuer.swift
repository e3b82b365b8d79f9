import Crypto

/// Signs and verifies JSON Web Tokens with HS256 and one shared secret.
struct TokenIssuer: Sendable {
    static let lifetimeSeconds = 3600

    private let key: SymmetricKey

    init(secret: String) { key = SymmetricKey(data: Array(secret.utf8)) }

    /// - Parameter more: members of the claims besides the subject and the times.
    func token(for user: String, now: Int, lifetime: Int = lifetimeSeconds, more: JSON = [:]) -> String {
        let header: JSON = ["alg": "HS256", "typ": "JWT"]
        var claims: [JSON.Member] = [
            .init(name: "sub", value: .string(user)), .init(name: "iat", value: .integer(now)),
            .init(name: "exp", value: .integer(now + lifetime)),
        ]
        if case .object(let members) = more { claims += members }
        let signed =
            Base64.encodeURL(header.serialized.utf8) + "." + Base64.encodeURL(JSON.object(claims).serialized.utf8)
        let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: key)
        return signed + "." + Base64.encodeURL(Array(code))
    }

    /// What the token says; nil when it is malformed, forged or expired.
    func claims(of token: String, now: Int) -> JSON? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 4096, parts.count == 3,
            let header = Base64.decodeURL(parts[0]).flatMap(JSONParser.parse), header["alg"]?.text == "HS256",
            let code = Base64.decodeURL(parts[2]),
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: Array((parts[0] + "." + parts[1]).utf8), using: key),
            let claims = Base64.decodeURL(parts[1]).flatMap(JSONParser.parse),
            claims["sub"]?.text != nil, let expiry = claims["exp"]?.integer, expiry > now
        else { return nil }
        return claims
    }
}
