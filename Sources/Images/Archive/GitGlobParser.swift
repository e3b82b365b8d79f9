/// Reads a pattern of gitignore into tokens (git's documentation of gitignore and of glob(7)).
struct GitGlobParser {
    private let pattern: [UInt8]
    private var position = 0

    init(_ pattern: [UInt8]) {
        self.pattern = pattern
    }

    mutating func tokens() -> [GitGlob.Token] {
        var tokens: [GitGlob.Token] = []
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = peek() else { return tokens + [.never] }
                position += 1
                tokens.append(.byte(escaped))
            case UInt8(ascii: "?"): tokens.append(.any)
            case UInt8(ascii: "*"): tokens.append(stars())
            case UInt8(ascii: "["):
                guard let set = set() else { return tokens + [.never] }
                tokens.append(.set(set))
            default: tokens.append(.byte(byte))
            }
        }
        return tokens
    }

    private func peek(_ offset: Int = 0) -> UInt8? {
        position + offset < pattern.count ? pattern[position + offset] : nil
    }

    /// Two or more between slashes (or the pattern's ends) cross folders; elsewhere they are as one.
    private mutating func stars() -> GitGlob.Token {
        let first = position - 1
        while peek() == UInt8(ascii: "*") { position += 1 }
        guard position - first > 1, first == 0 || pattern[first - 1] == slash else { return .star }
        switch peek() {
        case nil: return .folders(skips: false)
        case slash: return .folders(skips: true)
        case UInt8(ascii: "\\") where peek(1) == slash: return .folders(skips: false)
        default: return .star
        }
    }

    /// What stands between brackets; nil when they do not close.
    private mutating func set() -> ByteSet? {
        var set = ByteSet()
        let isNegated = peek() == UInt8(ascii: "!") || peek() == UInt8(ascii: "^")
        if isNegated { position += 1 }
        // The byte that a range could begin with; none after a range or a class.
        var previous: UInt8?
        var isFirst = true
        while true {
            guard var byte = peek() else { return nil }
            if byte == UInt8(ascii: "]"), !isFirst { break }
            isFirst = false
            position += 1
            if byte == UInt8(ascii: "-"), let low = previous, let next = peek(), next != UInt8(ascii: "]") {
                guard let high = escaped() else { return nil }
                if low <= high { for member in low...high { set.insert(member) } }
                previous = nil
                continue
            }
            if byte == UInt8(ascii: "["), peek() == UInt8(ascii: ":") {
                switch namedClass() {
                case .members(let members):
                    for member in members { set.insert(member) }
                    previous = nil
                    continue
                case .unknown, .unclosed: return nil
                case .none: break
                }
            } else if byte == UInt8(ascii: "\\") {
                guard let escaped = peek() else { return nil }
                position += 1
                byte = escaped
            }
            set.insert(byte)
            previous = byte
        }
        position += 1
        if isNegated { set.invert() }
        return set
    }

    /// The next byte, or the one after a backslash.
    private mutating func escaped() -> UInt8? {
        if peek() == UInt8(ascii: "\\") { position += 1 }
        guard let byte = peek() else { return nil }
        position += 1
        return byte
    }

    private enum NamedClass {
        case members([UInt8])
        case unknown
        case unclosed
        /// The bracket is a bracket.
        case none
    }

    /// `[:digit:]` within brackets; the position is behind its first bracket.
    private mutating func namedClass() -> NamedClass {
        let start = position + 1
        guard start <= pattern.count, let end = pattern[start...].firstIndex(of: UInt8(ascii: "]")) else {
            return .unclosed
        }
        guard end > start, pattern[end - 1] == UInt8(ascii: ":") else { return .none }
        guard let members = Self.members(of: String(decoding: pattern[start..<end - 1], as: UTF8.self)) else {
            return .unknown
        }
        position = end + 1
        return .members(members)
    }

    private static func members(of name: String) -> [UInt8]? {
        let ascii = (0...127).map(UInt8.init)
        switch name {
        case "alnum": return ascii.filter { isLetter($0) || isDigit($0) }
        case "alpha": return ascii.filter(isLetter)
        case "blank": return [0x20, 0x09]
        case "cntrl": return ascii.filter { $0 < 0x20 || $0 == 0x7F }
        case "digit": return ascii.filter(isDigit)
        case "graph": return ascii.filter { $0 > 0x20 && $0 < 0x7F }
        case "lower": return Array(UInt8(ascii: "a")...UInt8(ascii: "z"))
        case "print": return ascii.filter { $0 >= 0x20 && $0 < 0x7F }
        case "punct": return ascii.filter { $0 > 0x20 && $0 < 0x7F && !isLetter($0) && !isDigit($0) }
        case "space": return [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D]
        case "upper": return Array(UInt8(ascii: "A")...UInt8(ascii: "Z"))
        case "xdigit":
            return ascii.filter { isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20) }
        default: return nil
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private var slash: UInt8 { UInt8(ascii: "/") }
}
