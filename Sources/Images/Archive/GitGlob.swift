/// A shell pattern as git matches it against a path: `*`, `?` and `[…]` never match a slash, `**` between slashes does.
/// Matches bytes, as git does, in time proportional to pattern times path.
struct GitGlob: Hashable, Sendable {
    enum Token: Hashable, Sendable {
        case byte(UInt8)
        /// One byte that is no slash.
        case any
        case set(ByteSet)
        /// Bytes without a slash, perhaps none.
        case star
        /// Any bytes. `skips`: may also stand for nothing together with the slash after it, so that `a/**/b` matches
        /// `a/b`.
        case folders(skips: Bool)
        /// What git cannot read: a set without an end, a lone backslash. Nothing matches it.
        case never
    }

    let tokens: [Token]
    /// What the pattern says where nothing in it is special: most of them are plain names.
    private let plain: [UInt8]?

    init(_ pattern: some Collection<UInt8>) {
        var parser = GitGlobParser(Array(pattern))
        tokens = parser.tokens()
        let bytes = tokens.compactMap { token in if case .byte(let byte) = token { byte } else { nil } }
        plain = bytes.count == tokens.count ? bytes : nil
    }

    func matches(_ text: some Collection<UInt8>) -> Bool {
        if let plain { return text.elementsEqual(plain) }
        // The positions in the pattern that can be reached by what was read so far; the last one is its end.
        var reached = [Bool](repeating: false, count: tokens.count + 1)
        var next = reached
        reach(0, &reached)
        for byte in text {
            for position in next.indices { next[position] = false }
            var isAlive = false
            for (position, token) in tokens.enumerated() where reached[position] {
                switch token {
                case .byte(let wanted): if byte == wanted { reach(position + 1, &next) } else { continue }
                case .any: if byte != slash { reach(position + 1, &next) } else { continue }
                case .set(let set):
                    if byte != slash, set.contains(byte) { reach(position + 1, &next) } else { continue }
                case .star: if byte != slash { reach(position, &next) } else { continue }
                case .folders:
                    // Standing for nothing is over; whoever comes here anew was marked before, from a lower position.
                    next[position] = true
                    reach(position + 1, &next)
                case .never: continue
                }
                isAlive = true
            }
            guard isAlive else { return false }
            swap(&reached, &next)
        }
        return reached[tokens.count]
    }

    /// Marks a position and those that are reached from it without reading.
    private func reach(_ position: Int, _ reached: inout [Bool]) {
        guard !reached[position] else { return }
        reached[position] = true
        guard position < tokens.count else { return }
        switch tokens[position] {
        case .star: reach(position + 1, &reached)
        case .folders(let skips):
            reach(position + 1, &reached)
            if skips { reach(position + 2, &reached) }
        case .byte, .any, .set, .never: break
        }
    }

    private var slash: UInt8 { UInt8(ascii: "/") }
}

/// Any of the 256 bytes.
struct ByteSet: Hashable, Sendable {
    private var words: [UInt64] = [0, 0, 0, 0]

    func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0 }

    mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

    mutating func invert() { words = words.map { ~$0 } }
}
