/// Tokens → blocks and expressions. What it does not know is a mistake with a place; it never traps, and nesting is
/// bounded.
struct HCLParser {
    static let maximumDepth = 200

    let tokens: [HCLToken]
    var index = 0
    var depth = 0
    /// Inside brackets a line's end says nothing.
    var ignoresNewlines = 0

    init(_ tokens: [HCLToken]) {
        self.tokens = tokens
    }

    static func file(_ text: String) throws(HCLMistake) -> HCLBody {
        var parser = HCLParser(try HCLLexer.tokens(text))
        let body = try parser.body(isFile: true)
        return body
    }

    static func expression(
        _ text: String, at start: HCLPosition = HCLPosition(line: 1, column: 1)
    ) throws(HCLMistake) -> HCLExpression {
        var parser = HCLParser(try HCLLexer.tokens(text, at: start))
        parser.ignoresNewlines = 1
        let expression = try parser.expression()
        parser.skipNewlines()
        guard parser.current.kind == .end else { throw parser.mistake("something follows the expression") }
        return expression
    }

    // MARK: - Bodies

    private mutating func body(isFile: Bool) throws(HCLMistake) -> HCLBody {
        var body = HCLBody()
        while true {
            while current.kind == .newline { index += 1 }
            let start = current.position
            if isFile, current.kind == .end { return body }
            if !isFile, take("}") { return body }
            guard let name = takeIdentifier() ?? takeText() else { throw mistake("expected a name") }
            if take("=") {
                body.attributes[name] = try expression()
                body.positions[name] = start
                try endOfItem()
            } else {
                body.blocks.append(try block(name, from: start))
            }
        }
    }

    private mutating func block(_ type: String, from start: HCLPosition) throws(HCLMistake) -> HCLBlock {
        var labels: [String] = []
        while let label = takeIdentifier() ?? takeText() { labels.append(label) }
        guard take("{") else { throw mistake("expected `=` or `{` after `\(type)`") }
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.maximumDepth else { throw mistake("nested too deeply") }
        let outer = ignoresNewlines
        ignoresNewlines = 0
        let inner = try body(isFile: false)
        ignoresNewlines = outer
        return HCLBlock(type: type, labels: labels, body: inner, position: start)
    }

    private mutating func endOfItem() throws(HCLMistake) {
        switch current.kind {
        case .newline, .end: return
        case .symbol("}"): return
        default: throw mistake("expected the end of the line")
        }
    }

    // MARK: - Tokens

    /// The last token is the end, and nobody goes past it.
    var current: HCLToken { tokens[min(index, tokens.count - 1)] }
    var peek: HCLToken { tokens[min(index + 1, tokens.count - 1)] }

    var currentInBrackets: HCLToken {
        mutating get {
            if ignoresNewlines > 0 { skipNewlines() }
            return current
        }
    }

    mutating func skipNewlines() {
        guard ignoresNewlines > 0 else { return }
        while current.kind == .newline { index += 1 }
    }

    mutating func take(_ symbol: String) -> Bool {
        skipNewlines()
        guard current.kind == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    mutating func closes(_ symbol: String) -> Bool {
        skipNewlines()
        return current.kind == .symbol(symbol)
    }

    mutating func takeIdentifier() -> String? {
        skipNewlines()
        guard case .identifier(let name) = current.kind else { return nil }
        index += 1
        return name
    }

    mutating func takeText() -> String? {
        guard case .template(let parts) = current.kind else { return nil }
        guard !parts.isEmpty else {
            index += 1
            return ""
        }
        guard parts.count == 1, case .text(let text) = parts[0] else { return nil }
        index += 1
        return text
    }

    func mistake(_ message: String) -> HCLMistake { HCLMistake(position: current.position, message: message) }
}
