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

    init(_ pattern: some Collection<UInt8>) {
        var parser = GitGlobParser(Array(pattern))
        tokens = parser.tokens()
    }

    func matches(_ text: some Collection<UInt8>) -> Bool {
        // The positions in the pattern that can be reached by what was read so far; the last one is its end.
        var reached = [Bool](repeating: false, count: tokens.count + 1)
        reach(0, &reached)
        for byte in text {
            var next = [Bool](repeating: false, count: reached.count)
            var isAlive = false
            for (position, token) in tokens.enumerated() where reached[position] {
                switch token {
                case .byte(let wanted): if byte == wanted { reach(position + 1, &next) } else { continue }
                case .any: if byte != slash { reach(position + 1, &next) } else { continue }
                case .set(let set):
                    if byte != slash, set.contains(byte) { reach(position + 1, &next) } else { continue }
                case .star: if byte != slash { reach(position, &next) } else { continue }
                case .folders: reach(position, &next)
                case .never: continue
                }
                isAlive = true
            }
            guard isAlive else { return false }
            reached = next
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
