import Crypto
import CryptoExtras
import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The RSA key of a service account. Nothing of it can be printed.
struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: _RSA.Signing.PrivateKey

    /// Nil for what is not an RSA key of 2048 bits or more in PEM form (PKCS #8 or PKCS #1).
    init?(pem: Secret) {
        guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem.revealed) else { return nil }
        self.key = key
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3), the one algorithm that Google takes here.
    fileprivate func signature(of text: String) throws -> [UInt8] {
        let digest = SHA256.hash(data: Array(text.utf8))
        return Array(try key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
    }

    var description: String { "(secret)" }
    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

/// JSON Web Tokens, signed with RS256 (RFC 7515, RFC 7519).
enum SignedJWT {
    static func make(_ claims: JSONValue, keyID: String?, key: SigningKey) throws -> Secret {
        var header: JSONValue = ["alg": "RS256", "typ": "JWT"]
        header["kid"] = keyID.map(JSONValue.string)
        let signed = encoded(header) + "." + encoded(claims)
        return Secret(signed + "." + base64URL(try key.signature(of: signed)))
    }

    /// What a token says, without asking whether that is true; nil for what is none.
    static func claims(of token: String) -> JSONValue? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var text = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
        while text.utf8.count % 4 != 0 { text += "=" }
        guard let data = Data(base64Encoded: text), let claims = try? JSONValue(parsing: data), claims.object != nil
        else { return nil }
        return claims
    }

    private static func encoded(_ part: JSONValue) -> String { base64URL(Array(part.serialized().utf8)) }

    /// Without padding (RFC 7515 section 2).
    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
