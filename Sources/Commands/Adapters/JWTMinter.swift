import Crypto
import JSON
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// HS256 tokens for test traffic (RFC 7515, RFC 7519).
struct JWTMinter: TokenMinter {
    func mint(_ request: TokenRequest) async throws -> String {
        let issued = Int64(Date().timeIntervalSince1970)
        var claims = request.claims
        claims["iat"] = claims["iat"] ?? .integer(issued)
        claims["exp"] = claims["exp"] ?? .integer(issued + Int64(request.lifetimeSeconds))
        let header: JSONValue = ["alg": "HS256", "typ": "JWT"]
        let signed =
            encoded(Array(header.serialized().utf8)) + "."
            + encoded(Array(JSONValue.object(claims).serialized().utf8))
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(signed.utf8), using: SymmetricKey(data: Array(request.secret.utf8)))
        return signed + "." + encoded(Array(code))
    }

    /// Base64url without padding (RFC 4648 section 5).
    private func encoded(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
