import Crypto

/// The hash behind every fingerprint.
enum Fingerprint {
    /// Hex SHA-256 of the text's UTF-8.
    static let sha256: @Sendable (String) -> String = { text in
        SHA256.hash(data: Array(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
