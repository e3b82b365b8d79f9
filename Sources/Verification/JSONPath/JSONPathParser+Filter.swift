import JSON

/// Filter expressions, RFC 9535 section 2.3.5.
extension JSONPathParser {
    mutating func parseAny() throws(JSONPathError) -> FilterExpression {
        try enter()
        defer { leave() }
        var terms = [try parseAll()]
        while takeOperator("||") { terms.append(try parseAll()) }
        return terms.count == 1 ? terms[0] : .any(terms)
    }

    private mutating func parseAll() throws(JSONPathError) -> FilterExpression {
        var terms = [try parseBasic()]
        while takeOperator("&&") { terms.append(try parseBasic()) }
        return terms.count == 1 ? terms[0] : .all(terms)
    }

    private mutating func takeOperator(_ text: String) -> Bool {
        let before = scanner.position
        scanner.skipBlanks()
        if scanner.take(text) {
            scanner.skipBlanks()
            return true
        }
        scanner.position = before
        return false
    }

    private mutating func parseBasic() throws(JSONPathError) -> FilterExpression {
        if scanner.take("!") {
            try enter()
            defer { leave() }
            scanner.skipBlanks()
            guard scanner.peek != "!" else { throw scanner.unexpected("`(`, a path or a function") }
            let inner = try parseBasic()
            if case .comparison = inner { throw scanner.unexpected("parentheses around a negated comparison") }
            return .not(inner)
        }
        if scanner.take("(") {
            scanner.skipBlanks()
            let inner = try parseAny()
            scanner.skipBlanks()
            guard scanner.take(")") else { throw scanner.unexpected("`)`") }
            // A parenthesised comparison may be negated; `any` of one keeps that apart from a bare one.
            return .any([inner])
        }
        return try parseComparisonOrTest()
    }

    private mutating func parseComparisonOrTest() throws(JSONPathError) -> FilterExpression {
        let start = scanner.position
        let left = try parseOperand()
        let after = scanner.position
        scanner.skipBlanks()
        guard let comparison = takeComparison() else {
            scanner.position = after
            switch left {
            case .query(let query): return .exists(query)
            case .function(let function) where function.isLogical: return .function(function)
            case .function, .literal: throw scanner.unexpected("a comparison")
            }
        }
        scanner.skipBlanks()
        let rightStart = scanner.position
        let right = try parseOperand()
        try requireComparable(left, at: start)
        try requireComparable(right, at: rightStart)
        return .comparison(left, comparison, right)
    }

    private mutating func takeComparison() -> ComparisonOperator? {
        ComparisonOperator.allCases.first { scanner.take($0.rawValue) }
    }

    private func requireComparable(_ operand: FilterOperand, at offset: Int) throws(JSONPathError) {
        switch operand {
        case .query(let query) where !query.isSingular: throw JSONPathError(.notSingular, offset: offset)
        case .function(let function) where function.isLogical:
            throw JSONPathError(.unexpected(found: "a condition", wanted: "a value"), offset: offset)
        case .query, .function, .literal: return
        }
    }

    private mutating func parseOperand() throws(JSONPathError) -> FilterOperand {
        switch scanner.peek {
        case "@", "$": return .query(try parseQuery())
        case "'", "\"": return .literal(.string(try scanner.takeString()))
        case "-", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9": return .literal(try scanner.takeNumber())
        default: break
        }
        let offset = scanner.position
        guard let word = scanner.takeName() else { throw scanner.unexpected("a path, a literal or a function") }
        switch word {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "null": return .literal(.null)
        default: return .function(try parseFunction(word, at: offset))
        }
    }

    private mutating func parseQuery() throws(JSONPathError) -> FilterQuery {
        let fromRoot = scanner.take("$")
        if !fromRoot { guard scanner.take("@") else { throw scanner.unexpected("`@` or `$`") } }
        return FilterQuery(fromRoot: fromRoot, segments: try parseSegments())
    }

    private mutating func parseFunction(_ name: String, at offset: Int) throws(JSONPathError) -> FilterFunction {
        guard ["length", "count", "value", "match", "search"].contains(name) else {
            throw JSONPathError(.unknownFunction(name), offset: offset)
        }
        guard scanner.take("(") else { throw scanner.unexpected("`(`") }
        try enter()
        defer { leave() }
        var arguments: [FilterOperand] = []
        repeat {
            scanner.skipBlanks()
            arguments.append(try parseOperand())
            scanner.skipBlanks()
        } while scanner.take(",")
        guard scanner.take(")") else { throw scanner.unexpected("`,` or `)`") }
        return try function(name, arguments, at: offset)
    }

    private func function(
        _ name: String, _ arguments: [FilterOperand], at offset: Int
    ) throws(JSONPathError) -> FilterFunction {
        switch (name, arguments.count) {
        case ("count", 1), ("value", 1):
            guard case .query(let query) = arguments[0] else { break }
            return name == "count" ? .count(query) : .value(query)
        case ("length", 1):
            try requireComparable(arguments[0], at: offset)
            return .length(arguments[0])
        case ("match", 2), ("search", 2):
            try requireComparable(arguments[0], at: offset)
            try requireComparable(arguments[1], at: offset)
            if case .literal(.string(let pattern)) = arguments[1], (try? InteroperablePattern(pattern)) == nil {
                throw JSONPathError(.invalidPattern(pattern), offset: offset)
            }
            return name == "match" ? .match(arguments[0], arguments[1]) : .search(arguments[0], arguments[1])
        default: break
        }
        throw JSONPathError(.wrongArguments(function: name), offset: offset)
    }
}
