import Crypto

/// Proof Key for Code Exchange (RFC 7636).
struct CodeChallenge: Sendable {
    enum Method: String, CaseIterable, Sendable { case s256 = "S256" }

    var value: String

    /// Nil where the text is none: 43 characters of base64url for a SHA-256.
    init?(_ text: String) {
        guard text.utf8.count == 43, Base64.decodeURL(text) != nil else { return nil }
        value = text
    }

    /// 43 to 128 unreserved characters (section 4.1).
    static func isVerifier(_ text: String) -> Bool {
        (43...128).contains(text.utf8.count) && Form.encoded(text) == text
    }

    func isMet(by verifier: String) -> Bool {
        Base64.encodeURL(Array(SHA256.hash(data: Array(verifier.utf8)))) == value
    }
}
