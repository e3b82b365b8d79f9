/// Whether bytes are UTF-8 (RFC 3629 section 4), in pieces that may end within a character.
struct UTF8Validator: Hashable, Sendable {
    /// Bytes that the character begun still lacks, and what the next of them may be.
    private var missing = 0
    private var next: ClosedRange<UInt8> = 0x80...0xBF

    /// No character has been left unfinished.
    var isComplete: Bool { missing == 0 }

    /// False as soon as no further bytes could make it valid.
    mutating func take(_ bytes: some Sequence<UInt8>) -> Bool {
        for byte in bytes {
            if missing > 0 {
                guard next.contains(byte) else { return false }
                missing -= 1
                next = 0x80...0xBF
            } else if byte > 0x7F {
                guard let begun = Self.begin(byte) else { return false }
                (missing, next) = begun
            }
        }
        return true
    }

    /// The second byte of some characters is bounded: no overlong form, no surrogate, nothing above U+10FFFF.
    private static func begin(_ byte: UInt8) -> (Int, ClosedRange<UInt8>)? {
        switch byte {
        case 0xC2...0xDF: (1, 0x80...0xBF)
        case 0xE0: (2, 0xA0...0xBF)
        case 0xED: (2, 0x80...0x9F)
        case 0xE1...0xEF: (2, 0x80...0xBF)
        case 0xF0: (3, 0x90...0xBF)
        case 0xF1...0xF3: (3, 0x80...0xBF)
        case 0xF4: (3, 0x80...0x8F)
        default: nil
        }
    }
}
