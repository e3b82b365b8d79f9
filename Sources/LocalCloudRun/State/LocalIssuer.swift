import Crypto
import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs and checks the identity tokens of this server (JWT, HS256): what Google's issuer is for services that are
/// not public. The key stays in the state folder, so tokens outlive a restart and end with `local reset`.
struct LocalIssuer: Sendable {
    static let name = "https://accounts.localhost"
    static let lifetime: Int64 = 3600

    private let key: SymmetricKey

    init(keyBytes: [UInt8]) {
        key = SymmetricKey(data: keyBytes)
    }

    /// The key of this state folder, made on first use, readable by its owner only.
    init(stateFolder: String) throws {
        let path = stateFolder + "/issuer.key"
        if let data = try? Data(contentsOf: URL(filePath: path)), data.count == 32 {
            key = SymmetricKey(data: data)
            return
        }
        let new = SymmetricKey(size: .bits256)
        let created = FileManager.default.createFile(
            atPath: path, contents: new.withUnsafeBytes { Data($0) }, attributes: [.posixPermissions: 0o600])
        guard created else {
            throw LocalServerError.stateUnusable(folder: stateFolder, reason: "cannot write `issuer.key`")
        }
        key = new
    }

    func token(audience: String, account: String, now: Int64) -> String {
        let claims: JSONValue = [
            "iss": .string(Self.name), "aud": .string(audience), "sub": .string(account), "email": .string(account),
            "email_verified": true, "iat": .integer(now), "exp": .integer(now + Self.lifetime),
        ]
        let header: JSONValue = ["alg": "HS256", "typ": "JWT", "kid": "local"]
        let signed =
            Base64URL.encode(Array(header.serialized().utf8)) + "." + Base64URL.encode(Array(claims.serialized().utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: key)
        return signed + "." + Base64URL.encode(Array(code))
    }

    /// The audience of a token that this issuer signed and that has not run out; nil for any other text.
    func audience(of token: String, now: Int64) -> String? {
        guard token.utf8.count <= 8192 else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let claims = Base64URL.decode(parts[1]),
            let code = Base64URL.decode(parts[2]),
            // Compared in constant time by Crypto.
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: Array("\(parts[0]).\(parts[1])".utf8), using: key),
            (try? JSONValue(parsing: header))?["alg"]?.string == "HS256",
            let document = try? JSONValue(parsing: claims), let expiry = document["exp"]?.integer, expiry > now
        else { return nil }
        return document["aud"]?.string
    }
}

/// RFC 4648 section 5, without padding, as JWT has it.
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        var text = ""
        for character in Data(bytes).base64EncodedString() where character != "=" {
            text.append(character == "+" ? "-" : character == "/" ? "_" : character)
        }
        return text
    }

    static func decode(_ text: String) -> [UInt8]? {
        var standard = ""
        for character in text {
            guard character != "=", character != "+", character != "/" else { return nil }
            standard.append(character == "-" ? "+" : character == "_" ? "/" : character)
        }
        standard += String(repeating: "=", count: (4 - standard.count % 4) % 4)
        return Data(base64Encoded: standard).map { Array($0) }
    }
}
