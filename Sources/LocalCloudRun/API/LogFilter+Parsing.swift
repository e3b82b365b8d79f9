extension LogFilter {
    /// Throws what Cloud Logging answers for a filter that it cannot read; an empty one selects everything.
    init(parsing text: String) throws(APIError) {
        guard text.utf8.count <= 20_000 else { throw APIError(.invalidArgument, "The filter is too long.") }
        var parser = LogFilterParser(tokens: try LogFilterToken.all(in: text)[...], text: text)
        self = try parser.filter()
    }
}

private enum LogFilterToken: Hashable {
    case word(String)
    case text(String)
    case symbol(String)

    private static let symbols = ["=~", "!~", "!=", ">=", "<=", "=", ":", ">", "<", "(", ")"]

    static func all(in text: String) throws(APIError) -> [Self] {
        var result: [Self] = []
        var rest = Substring(text)
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "-", rest.dropFirst().first == "-" {
                // A comment, to the end of its line.
                rest = rest.drop { !$0.isNewline }
            } else if first == "\"" {
                result.append(.text(try quoted(&rest)))
            } else if let symbol = symbols.first(where: { rest.hasPrefix($0) }) {
                rest.removeFirst(symbol.count)
                result.append(.symbol(symbol))
            } else {
                // A time holds colons, and is never a field.
                let isValue = result.last.map { if case .symbol = $0 { $0 != .symbol("(") } else { false } } ?? false
                let word = rest.prefix { !$0.isWhitespace && !"=!<>\"()".contains($0) && (isValue || $0 != ":") }
                guard !word.isEmpty else {
                    throw APIError(.invalidArgument, "Unparseable filter: unexpected `\(first)`.")
                }
                rest = rest.dropFirst(word.count)
                result.append(.word(String(word)))
            }
        }
        return result
    }

    private static func quoted(_ rest: inout Substring) throws(APIError) -> String {
        rest.removeFirst()
        var value = ""
        while let character = rest.popFirst() {
            if character == "\"" { return value }
            value.append(character == "\\" ? rest.popFirst() ?? character : character)
        }
        throw APIError(.invalidArgument, "Unparseable filter: a quotation mark is missing.")
    }
}

/// Recursive descent; OR binds more tightly than AND, as Cloud Logging's own description says.
private struct LogFilterParser {
    var tokens: ArraySlice<LogFilterToken>
    let text: String
    private var depth = 0

    /// The fields of a log entry.
    private static let known: Set<String> = [
        "resource", "labels", "severity", "timestamp", "receiveTimestamp", "logName", "textPayload", "jsonPayload",
        "httpRequest", "trace", "spanId", "traceSampled", "insertId",
    ]

    init(tokens: ArraySlice<LogFilterToken>, text: String) {
        self.tokens = tokens
        self.text = text
    }

    mutating func filter() throws(APIError) -> LogFilter {
        let result = try conjunction()
        guard tokens.isEmpty else { throw unparseable() }
        return result
    }

    private mutating func conjunction() throws(APIError) -> LogFilter {
        var parts: [LogFilter] = []
        while let next = tokens.first, next != .symbol(")") {
            if next == .word("AND") {
                guard !parts.isEmpty, tokens.count > 1 else { throw unparseable() }
                tokens.removeFirst()
            }
            parts.append(try alternative())
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func alternative() throws(APIError) -> LogFilter {
        var parts = [try term()]
        while tokens.first == .word("OR") {
            tokens.removeFirst()
            parts.append(try term())
        }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func term() throws(APIError) -> LogFilter {
        // A filter of brackets alone must not use the stack up.
        guard depth < 100 else { throw unparseable() }
        depth += 1
        defer { depth -= 1 }
        switch tokens.popFirst() {
        case .word("NOT"): return .not(try term())
        case .symbol("("):
            let inner = try conjunction()
            guard tokens.popFirst() == .symbol(")") else { throw unparseable() }
            return inner
        case .text(let text): return .anywhere(text)
        case .word(let word) where word.hasPrefix("-") && word.count > 1:
            tokens = [.word(String(word.dropFirst()))] + tokens
            return .not(try term())
        case .word(let word): return try comparison(of: word)
        case .symbol, nil: throw unparseable()
        }
    }

    private mutating func comparison(of word: String) throws(APIError) -> LogFilter {
        var path = word.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        // A key with dots of its own stands in quotation marks: labels."run.googleapis.com/execution_name"
        if path.last == "", case .text(let key)? = tokens.first {
            tokens.removeFirst()
            path[path.count - 1] = key
        }
        guard case .symbol(let symbol)? = tokens.first, symbol != "(", symbol != ")" else {
            guard !["AND", "OR"].contains(word) else { throw unparseable() }
            return .anywhere(word)
        }
        tokens.removeFirst()
        guard Self.known.contains(path[0]) else {
            throw APIError(.invalidArgument, "Unparseable filter: the field `\(word)` is not understood here.")
        }
        if symbol == "=~" || symbol == "!~" {
            let pattern = LogFilter.pattern(path: path, try self.pattern())
            return symbol == "=~" ? pattern : .not(pattern)
        }
        guard let comparison = LogFilter.Comparison(rawValue: symbol) else { throw unparseable() }
        return try value(of: path, comparison)
    }

    private mutating func pattern() throws(APIError) -> Regex<AnyRegexOutput> {
        switch tokens.popFirst() {
        case .word(let text), .text(let text):
            if let pattern = try? Regex(text) { return pattern }
            throw APIError(.invalidArgument, "Unparseable filter: `\(text)` is not a regular expression.")
        case .symbol, nil: throw unparseable()
        }
    }

    /// One value, or several in brackets: `severity = (ERROR OR CRITICAL)`.
    private mutating func value(
        of path: [String], _ comparison: LogFilter.Comparison
    ) throws(APIError) -> LogFilter {
        switch tokens.popFirst() {
        case .word(let value), .text(let value):
            if path == ["timestamp"] || path == ["receiveTimestamp"], Timestamp(rfc3339: value) == nil {
                throw APIError(.invalidArgument, "Unparseable filter: `\(value)` is not a time.")
            }
            return .field(path: path, comparison, value)
        case .symbol("("):
            var parts = [try value(of: path, comparison)]
            var joiner: LogFilterToken?
            while let next = tokens.popFirst(), next != .symbol(")") {
                guard next == .word("OR") || next == .word("AND"), joiner == nil || joiner == next else {
                    throw unparseable()
                }
                joiner = next
                parts.append(try value(of: path, comparison))
            }
            return joiner == .word("AND") ? .all(parts) : .any(parts)
        case .symbol, nil: throw unparseable()
        }
    }

    private func unparseable() -> APIError { APIError(.invalidArgument, "Unparseable filter: `\(text)`.") }
}
