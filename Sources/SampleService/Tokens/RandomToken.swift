/// 160 bits that nobody can guess, in the alphabet of URLs (RFC 6749 section 10.10).
enum RandomToken {
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64.encodeURL((0..<20).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
