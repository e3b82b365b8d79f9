/// Which labels a resource must have: `a=b,c!=d,e,!f,g in (h,i),j notin (k)`, all of them (the operations that Google's
/// description of v1 lists; the spelling is Kubernetes's, "Labels and Selectors").
struct LabelSelector: Hashable, Sendable {
    enum Requirement: Hashable, Sendable {
        case exists(String)
        case isAbsent(String)
        case isOneOf(String, Set<String>)
        /// Also met where the label is absent.
        case isNoneOf(String, Set<String>)
    }

    private(set) var requirements: [Requirement] = []

    init(parsing text: String) throws(APIError) {
        for part in Self.parts(of: text) {
            guard let requirement = Self.requirement(part) else {
                throw APIError(.invalidArgument, "Invalid label_selector: `\(part)`.")
            }
            requirements.append(requirement)
        }
    }

    func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { requirement in
            switch requirement {
            case .exists(let key): labels[key] != nil
            case .isAbsent(let key): labels[key] == nil
            case .isOneOf(let key, let values): labels[key].map(values.contains) ?? false
            case .isNoneOf(let key, let values): labels[key].map { !values.contains($0) } ?? true
            }
        }
    }

    /// At the commas that stand in no brackets; an empty text has no part.
    private static func parts(of text: String) -> [String] {
        guard text.contains(where: { !$0.isWhitespace }) else { return [] }
        var parts = [""]
        var isInside = false
        for character in text {
            if character == "(" { isInside = true }
            if character == ")" { isInside = false }
            if character == ",", !isInside { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.map(trimmed)
    }

    private static func requirement(_ text: String) -> Requirement? {
        if text.hasSuffix(")"), let bracket = text.firstIndex(of: "(") {
            let words = text[..<bracket].split(whereSeparator: \.isWhitespace)
            guard words.count == 2, isKey(words[0]) else { return nil }
            let inner = text[text.index(after: bracket)...].dropLast()
            let values = Set(inner.split(separator: ",", omittingEmptySubsequences: false).map { trimmed(String($0)) })
            switch words[1] {
            case "in": return .isOneOf(String(words[0]), values)
            case "notin": return .isNoneOf(String(words[0]), values)
            default: return nil
            }
        }
        for (symbol, isEqual) in [("!=", false), ("==", true), ("=", true)] {
            guard let sign = text.firstRange(of: symbol) else { continue }
            let (key, value) = (trimmed(String(text[..<sign.lowerBound])), trimmed(String(text[sign.upperBound...])))
            guard isKey(key), value.isEmpty || isKey(value) else { return nil }
            return isEqual ? .isOneOf(key, [value]) : .isNoneOf(key, [value])
        }
        if text.hasPrefix("!") {
            let key = trimmed(String(text.dropFirst()))
            return isKey(key) ? .isAbsent(key) : nil
        }
        return isKey(text) ? .exists(text) : nil
    }

    private static func isKey(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && !text.contains { $0.isWhitespace || "=!(),".contains($0) }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
