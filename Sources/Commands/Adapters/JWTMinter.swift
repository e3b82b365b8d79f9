import Crypto
import CryptoExtras
import JSON
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tokens for test traffic (RFC 7515, RFC 7519).
struct JWTMinter: TokenMinter {
    func mint(_ request: TokenRequest) async throws -> String {
        let issued = Int64(Date().timeIntervalSince1970)
        var claims = request.claims
        claims["iat"] = claims["iat"] ?? .integer(issued)
        claims["exp"] = claims["exp"] ?? .integer(issued + Int64(request.lifetimeSeconds))
        var header: JSONValue = ["alg": .string(request.algorithm.rawValue), "typ": "JWT"]
        header["kid"] = request.keyID.map { .string($0) }
        let signed =
            encoded(Array(header.serialized().utf8)) + "."
            + encoded(Array(JSONValue.object(claims).serialized().utf8))
        return signed + "." + encoded(try signature(of: Array(signed.utf8), request))
    }

    /// RFC 7518 sections 3.2 and 3.3.
    private func signature(of text: [UInt8], _ request: TokenRequest) throws -> [UInt8] {
        switch request.algorithm {
        case .hs256:
            let key = SymmetricKey(data: Array(request.secret.utf8))
            return Array(HMAC<SHA256>.authenticationCode(for: text, using: key))
        case .rs256:
            let key = try _RSA.Signing.PrivateKey(pemRepresentation: request.secret)
            let signature = try key.signature(for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5)
            return Array(signature.rawRepresentation)
        }
    }

    /// Base64url without padding (RFC 4648 section 5).
    private func encoded(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
