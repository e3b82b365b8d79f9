import JSON

/// Cloud Logging's filter language, as far as it selects entries: comparisons of fields joined by AND, OR and NOT, and
/// texts that are looked for in all fields (https://cloud.google.com/logging/docs/view/logging-query-language).
indirect enum LogFilter {
    enum Comparison: String, Hashable, Sendable {
        case equal = "="
        case has = ":"
        case notEqual = "!="
        case atLeast = ">="
        case atMost = "<="
        case greater = ">"
        case less = "<"
    }

    case all([LogFilter])
    case any([LogFilter])
    case not(LogFilter)
    case field(path: [String], Comparison, String)
    case pattern(path: [String], Regex<AnyRegexOutput>)
    /// A text without a field.
    case anywhere(String)

    /// The value that every entry must have in this field; nil when the filter does not say so.
    func required(_ path: String) -> String? {
        switch self {
        case .field(let parts, .equal, let value) where parts.joined(separator: ".") == path: value
        case .all(let parts): parts.lazy.compactMap { $0.required(path) }.first
        default: nil
        }
    }

    /// The time before which no entry is wanted; nil when the filter does not say so.
    var since: Timestamp? {
        switch self {
        case .field(["timestamp"], .atLeast, let value): Timestamp(rfc3339: value)
        case .all(let parts): parts.lazy.compactMap(\.since).first
        default: nil
        }
    }

    /// `entry` in Cloud Logging's shape.
    func matches(_ entry: JSONValue) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.matches(entry) }
        case .any(let parts): parts.contains { $0.matches(entry) }
        case .not(let part): !part.matches(entry)
        case .anywhere(let text): Self.texts(in: entry).contains { Self.contains($0, text) }
        case .pattern(let path, let pattern):
            Self.value(at: path, in: entry).map { Self.texts(in: $0).contains { $0.contains(pattern) } } ?? false
        case .field(let path, let comparison, let wanted):
            Self.compare(Self.value(at: path, in: entry), comparison, wanted, field: path[0])
        }
    }

    private static func value(at path: [String], in entry: JSONValue) -> JSONValue? {
        var value: JSONValue? = entry
        for (index, part) in path.enumerated() {
            // A label's key has dots of its own.
            if part == "labels", index + 2 < path.count,
                let whole = value?[part]?[path[(index + 1)...].joined(separator: ".")]
            {
                return whole
            }
            value = value?[part]
        }
        return value
    }

    private static func compare(_ value: JSONValue?, _ comparison: Comparison, _ wanted: String, field: String) -> Bool
    {
        guard let value else { return comparison == .notEqual }
        if wanted == "*", comparison == .has { return true }
        if value.object != nil || value.array != nil {
            return texts(in: value).contains { compare($0, comparison, wanted) }
        }
        let text = text(value)
        switch field {
        case "timestamp", "receiveTimestamp":
            guard let left = Timestamp(rfc3339: text), let right = Timestamp(rfc3339: wanted) else { return false }
            return ordered(left, comparison, right)
        case "severity":
            let all = LogEntry.severities
            guard let left = all.firstIndex(of: text), let right = all.firstIndex(of: wanted.uppercased()) else {
                return false
            }
            return ordered(left, comparison, right)
        default: return compare(text, comparison, wanted)
        }
    }

    private static func compare(_ text: String, _ comparison: Comparison, _ wanted: String) -> Bool {
        switch comparison {
        case .has: contains(text, wanted)
        default:
            if let left = Double(text), let right = Double(wanted) {
                ordered(left, comparison, right)
            } else {
                ordered(text.lowercased(), comparison, wanted.lowercased())
            }
        }
    }

    private static func ordered<Value: Comparable>(_ left: Value, _ comparison: Comparison, _ right: Value) -> Bool {
        switch comparison {
        case .equal, .has: left == right
        case .notEqual: left != right
        case .atLeast: left >= right
        case .atMost: left <= right
        case .greater: left > right
        case .less: left < right
        }
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        part.isEmpty || text.lowercased().contains(part.lowercased())
    }

    private static func text(_ value: JSONValue) -> String { value.string ?? value.serialized() }

    private static func texts(in value: JSONValue) -> [String] {
        if let members = value.object { return members.values.flatMap(texts) }
        if let elements = value.array { return elements.flatMap(texts) }
        return [text(value)]
    }
}
