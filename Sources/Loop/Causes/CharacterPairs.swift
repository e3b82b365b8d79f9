/// Which pairs of neighbouring characters a text has, in 256 bits: a text that lacks one of a word's pairs has not the
/// word. Most words that are looked for are in no text, and this tells it without a search.
struct CharacterPairs: Hashable, Sendable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var fourth: UInt64 = 0

    init(_ text: String) {
        var last: UInt8?
        for byte in text.utf8 {
            if let last { insert((Int(last) &* 31 &+ Int(byte)) & 255) }
            last = byte
        }
    }

    /// False only where a text of these pairs surely has no text of those.
    func mayHold(_ other: CharacterPairs) -> Bool {
        other.first & ~first == 0 && other.second & ~second == 0 && other.third & ~third == 0
            && other.fourth & ~fourth == 0
    }

    private mutating func insert(_ bit: Int) {
        let mask: UInt64 = 1 << UInt64(bit & 63)
        switch bit >> 6 {
        case 0: first |= mask
        case 1: second |= mask
        case 2: third |= mask
        default: fourth |= mask
        }
    }
}
