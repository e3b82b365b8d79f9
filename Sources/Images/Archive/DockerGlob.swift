/// One pattern of a `.dockerignore`. Docker turns it into a regular expression of Go; this follows what comes of that,
/// in time proportional to pattern times path.
struct DockerGlob: Hashable, Sendable {
    enum Token: Hashable, Sendable {
        case scalar(Unicode.Scalar)
        /// One character that is no slash.
        case any
        /// Characters without a slash, perhaps none.
        case star
        /// Everything, slashes too; a newline only where no regular expression is made (`.` matches none).
        case everything(newlines: Bool)
        /// Whole folders with their slash, perhaps none.
        case folders
        /// May match a slash.
        case set([ClosedRange<UInt32>], negated: Bool)
    }

    let tokens: [Token]
    /// The pattern means something in Go's regular expressions that it does not mean in Docker's manual.
    let isOdd: Bool

    init(_ pattern: [Unicode.Scalar]) {
        var reader = Reader(pattern: pattern)
        let tokens = reader.read()
        isOdd = tokens == nil
        self.tokens = tokens ?? []
    }

    func matches(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard !isOdd else { return false }
        var reached = [Bool](repeating: false, count: tokens.count + 1)
        var next = reached
        reach(0, &reached)
        for scalar in text {
            for position in next.indices { next[position] = false }
            for (position, token) in tokens.enumerated() where reached[position] {
                switch token {
                case .scalar(let wanted): if scalar == wanted { reach(position + 1, &next) }
                case .any: if scalar != "/" { reach(position + 1, &next) }
                case .star: if scalar != "/" { reach(position, &next) }
                case .everything(let newlines): if newlines || scalar != "\n" { reach(position, &next) }
                case .folders:
                    // Stays among the folders, and may be behind the last one after each slash.
                    if scalar != "\n" { next[position] = true }
                    if scalar == "/" { reach(position + 1, &next) }
                case .set(let ranges, let negated):
                    if ranges.contains(where: { $0.contains(scalar.value) }) != negated { reach(position + 1, &next) }
                }
            }
            guard next.contains(true) else { return false }
            swap(&reached, &next)
        }
        return reached[tokens.count]
    }

    /// Marks a position and those that are reached from it without reading.
    private func reach(_ position: Int, _ reached: inout [Bool]) {
        reached[position] = true
        guard position < tokens.count else { return }
        switch tokens[position] {
        case .star, .everything, .folders: reach(position + 1, &reached)
        case .scalar, .any, .set: break
        }
    }
}

extension DockerGlob {
    private struct Reader {
        var pattern: [Unicode.Scalar]
        var position = 0

        /// Nil for an odd pattern.
        mutating func read() -> [Token]? {
            if let tokens = plain() { return tokens }
            var tokens: [Token] = []
            while position < pattern.count {
                let scalar = pattern[position]
                position += 1
                switch scalar {
                case "*": tokens.append(stars())
                case "?": tokens.append(.any)
                case "\\":
                    // Before a letter or a digit it would begin a class of characters (`\d`).
                    guard position < pattern.count, !pattern[position].isASCIIAlphanumeric else { return nil }
                    tokens.append(.scalar(pattern[position]))
                    position += 1
                case "[":
                    guard let set = set() else { return nil }
                    tokens.append(set)
                case "]", "^": return nil
                default: tokens.append(.scalar(scalar))
                }
            }
            return tokens
        }

        /// Where nothing but text is there, perhaps with `**` before or behind it, Docker compares text.
        private func plain() -> [Token]? {
            let special: Set<Unicode.Scalar> = ["*", "?", "[", "]", "\\"]
            var text = pattern[...]
            let leads = text.starts(with: ["*", "*"])
            if leads { text = text.dropFirst(2) }
            if !text.contains(where: special.contains) {
                let tokens = text.map(Token.scalar)
                guard leads else { return tokens }
                // `**/name` also is the name alone.
                return text.first == "/" ? [.folders] + tokens.dropFirst() : [.everything(newlines: true)] + tokens
            }
            guard !leads, text.count > 2, text.suffix(2) == ["*", "*"],
                !text.dropLast(2).contains(where: special.contains)
            else { return nil }
            return text.dropLast(2).map(Token.scalar) + [.everything(newlines: true)]
        }

        private mutating func stars() -> Token {
            guard position < pattern.count, pattern[position] == "*" else { return .star }
            position += 1
            if position < pattern.count, pattern[position] == "/" { position += 1 }
            return position == pattern.count ? .everything(newlines: false) : .folders
        }

        private mutating func set() -> Token? {
            var ranges: [ClosedRange<UInt32>] = []
            let isNegated = position < pattern.count && pattern[position] == "^"
            if isNegated { position += 1 }
            while position < pattern.count, pattern[position] != "]" {
                guard let low = member() else { return nil }
                guard position + 1 < pattern.count, pattern[position] == "-", pattern[position + 1] != "]" else {
                    ranges.append(low.value...low.value)
                    continue
                }
                position += 1
                guard let high = member(), low.value <= high.value else { return nil }
                ranges.append(low.value...high.value)
            }
            guard position < pattern.count, !ranges.isEmpty else { return nil }
            position += 1
            return .set(ranges, negated: isNegated)
        }

        private mutating func member() -> Unicode.Scalar? {
            guard position < pattern.count else { return nil }
            var scalar = pattern[position]
            position += 1
            switch scalar {
            case "*", "?", "[", "-": return nil
            case "\\":
                guard position < pattern.count, !pattern[position].isASCIIAlphanumeric else { return nil }
                scalar = pattern[position]
                position += 1
                return scalar
            default: return scalar
            }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIIAlphanumeric: Bool { isASCII && (properties.isAlphabetic || properties.numericType != nil) }
}
