import Crypto

/// Signs ID tokens with ES256, so that a client verifies them without knowing a secret of this service. A new key for
/// each process: what it signed ends with it.
struct SigningKey: Sendable {
    private let key = P256.Signing.PrivateKey()
    let id = RandomToken.make()

    /// RFC 7517; the public half alone.
    var jwks: JSON {
        let point = Array(key.publicKey.rawRepresentation)
        return [
            "keys": [
                [
                    "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": .string(id),
                    "x": .string(Base64.encodeURL(point.prefix(32))), "y": .string(Base64.encodeURL(point.suffix(32))),
                ]
            ]
        ]
    }

    /// Nil only when the key could not sign, which the library leaves open.
    func token(_ claims: JSON) -> String? {
        let header: JSON = ["alg": "ES256", "typ": "JWT", "kid": .string(id)]
        let signed = Base64.encodeURL(header.serialized.utf8) + "." + Base64.encodeURL(claims.serialized.utf8)
        guard let signature = try? key.signature(for: Array(signed.utf8)) else { return nil }
        return signed + "." + Base64.encodeURL(Array(signature.rawRepresentation))
    }
}
