import JSON

/// The part of Cloud Logging's filter language that names a revision's lines: comparisons joined by AND (or by
/// nothing, which means the same).
struct LogFilter: Hashable, Sendable {
    enum Comparison: String, Hashable, Sendable {
        case equal = "="
        case has = ":"
        case notEqual = "!="
        case atLeast = ">="
        case atMost = "<="
        case greater = ">"
        case less = "<"
    }

    struct Term: Hashable, Sendable {
        var path: String
        var comparison: Comparison
        var value: String
    }

    var terms: [Term] = []

    init(parsing text: String) throws(APIError) {
        guard text.utf8.count <= 20_000 else { throw APIError(.invalidArgument, "The filter is too long.") }
        var tokens = try Self.tokens(text)[...]
        while let token = tokens.popFirst() {
            if case .word("AND") = token { continue }
            guard case .word(var path) = token else {
                throw APIError(.invalidArgument, "Unparseable filter: `\(text)`.")
            }
            // A label's key has dots of its own and stands in quotation marks.
            if path == "labels.", case .text(let key)? = tokens.first {
                tokens.removeFirst()
                path += key
            }
            guard case .symbol(let symbol)? = tokens.popFirst(),
                let comparison = Comparison(rawValue: symbol), let last = tokens.popFirst()
            else {
                throw APIError(
                    .invalidArgument, "Unparseable filter: `\(text)`. Only comparisons joined by AND are understood.")
            }
            guard Self.known.contains(path) || path.hasPrefix("labels.") else {
                throw APIError(.invalidArgument, "Unparseable filter: the field `\(path)` is not understood here.")
            }
            switch last {
            case .word(let value), .text(let value):
                terms.append(Term(path: path, comparison: comparison, value: value))
            case .symbol: throw APIError(.invalidArgument, "Unparseable filter: `\(text)`.")
            }
        }
    }

    func value(of path: String) -> String? {
        terms.first { $0.path == path && $0.comparison == .equal }?.value
    }

    func matches(_ entry: LogEntry) -> Bool {
        terms.allSatisfy { matches($0, entry) }
    }

    private static let known: Set<String> = [
        "resource.type", "resource.labels.service_name", "resource.labels.revision_name", "resource.labels.location",
        "resource.labels.project_id", "resource.labels.configuration_name", "resource.labels.job_name", "timestamp",
        "severity", "logName",
        "textPayload",
    ]

    private func matches(_ term: Term, _ entry: LogEntry) -> Bool {
        if term.path == "timestamp" {
            guard let time = Timestamp(rfc3339: term.value) else { return false }
            return Self.compare(entry.time, term.comparison, time)
        }
        if term.path == "severity" {
            let all = LogEntry.severities
            guard let left = all.firstIndex(of: entry.severity), let right = all.firstIndex(of: term.value.uppercased())
            else { return false }
            return Self.compare(left, term.comparison, right)
        }
        var value: JSONValue? = entry.resource
        let isLabel = term.path.hasPrefix("labels.")
        let parts = term.path.split(separator: ".", maxSplits: isLabel ? 1 : .max)
        for part in parts { value = value?[String(part)] }
        let text = value?.string ?? ""
        switch term.comparison {
        case .has: return text.lowercased().contains(term.value.lowercased())
        default: return Self.compare(text, term.comparison, term.value)
        }
    }

    private static func compare<Value: Comparable>(_ left: Value, _ comparison: Comparison, _ right: Value) -> Bool {
        switch comparison {
        case .equal, .has: left == right
        case .notEqual: left != right
        case .atLeast: left >= right
        case .atMost: left <= right
        case .greater: left > right
        case .less: left < right
        }
    }

    private enum Token: Hashable {
        case word(String)
        case text(String)
        case symbol(String)
    }

    private static func tokens(_ text: String) throws(APIError) -> [Token] {
        var result: [Token] = []
        var rest = Substring(text)
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "\"" {
                rest.removeFirst()
                var value = ""
                var isClosed = false
                while let character = rest.popFirst() {
                    if character == "\"" {
                        isClosed = true
                        break
                    }
                    value.append(character == "\\" ? rest.popFirst() ?? character : character)
                }
                guard isClosed else {
                    throw APIError(.invalidArgument, "Unparseable filter: a quotation mark is missing.")
                }
                result.append(.text(value))
            } else if let symbol = ["!=", ">=", "<=", "=", ":", ">", "<"].first(where: { rest.hasPrefix($0) }) {
                rest.removeFirst(symbol.count)
                result.append(.symbol(symbol))
            } else {
                let isTime = result.last.map { if case .symbol = $0 { true } else { false } } ?? false
                let word = rest.prefix {
                    !$0.isWhitespace && !"=!<>\"()".contains($0) && (isTime || $0 != ":")
                }
                guard !word.isEmpty else {
                    throw APIError(.invalidArgument, "Unparseable filter: unexpected `\(first)`.")
                }
                rest = rest.dropFirst(word.count)
                result.append(.word(String(word)))
            }
        }
        return result
    }
}
