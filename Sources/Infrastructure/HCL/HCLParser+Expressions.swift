import JSON

/// Expressions, by the precedence of the specification's section "Operations".
extension HCLParser {
    mutating func expression() throws(HCLMistake) -> HCLExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.maximumDepth else { throw mistake("nested too deeply") }
        let condition = try binary(minimum: 1)
        guard take("?") else { return condition }
        let yes = try expression()
        guard take(":") else { throw mistake("expected `:`") }
        return .conditional(condition, yes, try expression())
    }

    private static let precedence: [String: Int] = [
        "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
    ]

    private mutating func binary(minimum: Int) throws(HCLMistake) -> HCLExpression {
        var left = try unary()
        // What is chained is nested once it is read.
        var links = 0
        while case .symbol(let symbol) = currentInBrackets.kind, let level = Self.precedence[symbol], level >= minimum {
            _ = take(symbol)
            links += 1
            guard links < Self.maximumDepth else { throw mistake("too many operators in one expression") }
            let right = try binary(minimum: level + 1)
            left = .binary(symbol, left, right)
        }
        return left
    }

    private mutating func unary() throws(HCLMistake) -> HCLExpression {
        for symbol in ["!", "-"] where take(symbol) {
            depth += 1
            defer { depth -= 1 }
            guard depth < Self.maximumDepth else { throw mistake("nested too deeply") }
            return .unary(symbol, try unary())
        }
        return try postfix(try primary())
    }

    private mutating func postfix(_ base: HCLExpression) throws(HCLMistake) -> HCLExpression {
        var value = base
        var links = 0
        while true {
            links += 1
            guard links < Self.maximumDepth else { throw mistake("too many attributes in one expression") }
            if take(".") {
                if take("*") {
                    value = .splat(value, attributeNames())
                } else if case .number(let text) = current.kind {
                    index += 1
                    value = .index(value, .literal(Self.number(text)))
                } else if let name = takeIdentifier() {
                    value = .attribute(value, name)
                } else {
                    throw mistake("expected an attribute")
                }
            } else if case .symbol("[") = current.kind {
                index += 1
                ignoresNewlines += 1
                defer { ignoresNewlines -= 1 }
                if take("*") {
                    guard take("]") else { throw mistake("expected `]`") }
                    value = .splat(value, attributeNames())
                } else {
                    let inner = try expression()
                    guard take("]") else { throw mistake("expected `]`") }
                    value = .index(value, inner)
                }
            } else {
                return value
            }
        }
    }

    private mutating func attributeNames() -> [String] {
        var names: [String] = []
        while case .symbol(".") = current.kind, case .identifier(let name) = peek.kind {
            index += 2
            names.append(name)
        }
        return names
    }

    private mutating func primary() throws(HCLMistake) -> HCLExpression {
        skipNewlines()
        switch current.kind {
        case .number(let text):
            index += 1
            return .literal(Self.number(text))
        case .template(let parts):
            index += 1
            return try template(parts)
        case .identifier(let name):
            index += 1
            return try named(name)
        case .symbol("("):
            index += 1
            ignoresNewlines += 1
            defer { ignoresNewlines -= 1 }
            let inner = try expression()
            guard take(")") else { throw mistake("expected `)`") }
            return inner
        case .symbol("["):
            index += 1
            return try brackets()
        case .symbol("{"):
            index += 1
            return try braces()
        default: throw mistake("expected a value")
        }
    }

    private mutating func named(_ name: String) throws(HCLMistake) -> HCLExpression {
        switch name {
        case "true": return .literal(true)
        case "false": return .literal(false)
        case "null": return .literal(.null)
        default: break
        }
        var function = name
        while take("::"), let part = takeIdentifier() { function += "::" + part }
        guard case .symbol("(") = current.kind else { return .name(function) }
        index += 1
        ignoresNewlines += 1
        defer { ignoresNewlines -= 1 }
        var arguments: [HCLExpression] = []
        var isExpanded = false
        while !take(")") {
            arguments.append(try expression())
            if take("...") { isExpanded = true }
            guard take(",") || closes(")") else { throw mistake("expected `,` or `)`") }
        }
        return isExpanded ? .opaque : .call(function, arguments)
    }

    private mutating func brackets() throws(HCLMistake) -> HCLExpression {
        ignoresNewlines += 1
        defer { ignoresNewlines -= 1 }
        if isFor {
            let loop = try loop()
            let value = try expression()
            let whole = HCLLoop(
                key: loop.key, value: loop.value, collection: loop.collection, condition: try condition())
            guard take("]") else { throw mistake("expected `]`") }
            return .forList(whole, value: value)
        }
        var elements: [HCLExpression] = []
        while !take("]") {
            elements.append(try expression())
            guard take(",") || closes("]") else { throw mistake("expected `,` or `]`") }
        }
        return .list(elements)
    }

    private mutating func braces() throws(HCLMistake) -> HCLExpression {
        ignoresNewlines += 1
        if isFor {
            defer { ignoresNewlines -= 1 }
            let loop = try loop()
            let key = try expression()
            guard take("=>") else { throw mistake("expected `=>`") }
            let value = try expression()
            let isGrouped = take("...")
            let whole = HCLLoop(
                key: loop.key, value: loop.value, collection: loop.collection, condition: try condition())
            guard take("}") else { throw mistake("expected `}`") }
            return isGrouped ? .opaque : .forObject(whole, key: key, value: value)
        }
        // Members end with a comma or with the line.
        ignoresNewlines -= 1
        let outer = ignoresNewlines
        ignoresNewlines = 0
        defer { ignoresNewlines = outer }
        var members: [HCLMember] = []
        while true {
            while current.kind == .newline { index += 1 }
            if take("}") { return .object(members) }
            let key = try memberKey()
            guard take("=") || take(":") else { throw mistake("expected `=`") }
            members.append(HCLMember(key: key, value: try expression()))
            if !take(","), current.kind != .newline, !closes("}") { throw mistake("expected the next member") }
        }
    }

    /// A bare name is itself; anything else is computed.
    private mutating func memberKey() throws(HCLMistake) -> HCLExpression {
        if case .identifier(let name) = current.kind {
            switch peek.kind {
            case .symbol("="), .symbol(":"):
                index += 1
                return .literal(.string(name))
            default: break
            }
        }
        return try expression()
    }

    private var isFor: Bool {
        var look = index
        while tokens[look].kind == .newline { look += 1 }
        return tokens[look].kind == .identifier("for")
    }

    private mutating func loop() throws(HCLMistake) -> HCLLoop {
        skipNewlines()
        index += 1
        skipNewlines()
        guard let first = takeIdentifier() else { throw mistake("expected a name after `for`") }
        var names = [first]
        if take(","), let second = takeIdentifier() { names.append(second) }
        guard takeIdentifier() == "in" else { throw mistake("expected `in`") }
        let collection = try expression()
        guard take(":") else { throw mistake("expected `:`") }
        return HCLLoop(
            key: names.count == 2 ? names[0] : nil, value: names[names.count - 1], collection: collection,
            condition: nil)
    }

    private mutating func condition() throws(HCLMistake) -> HCLExpression? {
        skipNewlines()
        guard case .identifier("if") = current.kind else { return nil }
        index += 1
        return try expression()
    }

    private func template(_ parts: [HCLToken.TemplatePart]) throws(HCLMistake) -> HCLExpression {
        if parts.isEmpty { return .literal("") }
        if parts.count == 1, case .text(let text) = parts[0] { return .literal(.string(text)) }
        var expressions: [HCLExpression] = []
        for part in parts {
            switch part {
            case .text(let text): expressions.append(.literal(.string(text)))
            case .interpolation(let source, let position):
                // `~` takes blanks away beside it.
                let trimmed = source.hasPrefix("~") || source.hasSuffix("~")
                expressions.append(trimmed ? .opaque : try HCLParser.nested(source, at: position, depth: depth))
            case .directive: expressions.append(.opaque)
            }
        }
        // `"${x}"` is x itself, of whatever type.
        return expressions.count == 1 ? expressions[0] : .template(expressions)
    }

    private static func nested(_ source: String, at position: HCLPosition, depth: Int) throws(HCLMistake)
        -> HCLExpression
    {
        guard depth + 1 < maximumDepth else { throw HCLMistake(position: position, message: "nested too deeply") }
        var parser = HCLParser(try HCLLexer.tokens(source, at: position))
        parser.ignoresNewlines = 1
        parser.depth = depth + 1
        let expression = try parser.expression()
        parser.skipNewlines()
        guard parser.current.kind == .end else { throw parser.mistake("something follows the expression") }
        return expression
    }

    private static func number(_ text: String) -> JSONValue {
        Int64(text).map(JSONValue.integer) ?? Double(text).map(JSONValue.number) ?? .null
    }
}
