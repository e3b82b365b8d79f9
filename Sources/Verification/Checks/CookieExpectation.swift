/// What a cookie that the answer sets must be like (RFC 6265 section 4.1).
package struct CookieExpectation: Hashable, Sendable {
    package enum Condition: Hashable, Sendable {
        case present(Bool)
        case value(TextCondition)
        case secure(Bool)
        case httpOnly(Bool)
        /// `Strict`, `Lax` or `None`; without case.
        case sameSite(String)
        case path(TextCondition)
        case domain(TextCondition)
        /// Seconds.
        case maximumAge(NumberCondition)
    }

    package var name: String
    package var conditions: [Condition]

    package init(_ name: String, _ conditions: [Condition]) {
        self.name = name
        self.conditions = conditions
    }

    func problems(
        in headers: [HeaderField], values: [String: String]
    ) throws(Template.Unresolved) -> [String] {
        let cookie = SetCookie.last(name, in: headers)
        if conditions.contains(.present(false)) {
            return cookie == nil ? [] : ["cookie `\(name)` is set, wanted none"]
        }
        guard let cookie else { return ["cookie `\(name)` is not set"] }
        var problems: [String] = []
        for condition in conditions {
            if let problem = try problem(condition, cookie, values) { problems.append("cookie `\(name)` \(problem)") }
        }
        return problems
    }

    private func problem(
        _ condition: Condition, _ cookie: SetCookie, _ values: [String: String]
    ) throws(Template.Unresolved) -> String? {
        switch condition {
        case .present: return nil
        case .value(let text): return try text.problem(in: cookie.value, values: values).map { "\($0)" }
        case .secure(let wanted): return Self.flag("Secure", cookie.attributes["secure"] != nil, wanted)
        case .httpOnly(let wanted): return Self.flag("HttpOnly", cookie.attributes["httponly"] != nil, wanted)
        case .sameSite(let wanted):
            let seen = cookie.attributes["samesite"]
            if seen?.lowercased() == wanted.lowercased() { return nil }
            return seen.map { "has SameSite=\($0), wanted \(wanted)" } ?? "has no SameSite, wanted \(wanted)"
        case .path(let text):
            return try text.problem(in: cookie.attributes["path"] ?? "", values: values).map { "has a path that \($0)" }
        case .domain(let text):
            return try text.problem(in: cookie.attributes["domain"] ?? "", values: values)
                .map { "has a domain that \($0)" }
        case .maximumAge(let condition):
            guard let seconds = cookie.attributes["max-age"].flatMap({ Int($0) }) else { return "has no Max-Age" }
            return condition.unmet(by: Double(seconds)).map { "has Max-Age=\(seconds), wanted \($0)" }
        }
    }

    private static func flag(_ name: String, _ seen: Bool, _ wanted: Bool) -> String? {
        seen == wanted ? nil : wanted ? "is not \(name)" : "is \(name), wanted it not to be"
    }
}

/// One `Set-Cookie` field. Attributes by their names in lower case; flags have an empty value.
struct SetCookie: Hashable, Sendable {
    var name: String
    var value: String
    var attributes: [String: String] = [:]

    /// The last one of a name is the one that a browser keeps.
    static func last(_ name: String, in headers: [HeaderField]) -> SetCookie? {
        headers.filter { $0.name.lowercased() == "set-cookie" }.compactMap { SetCookie(parsing: $0.value) }
            .last { $0.name == name }
    }

    init?(parsing field: String) {
        let parts = field.split(separator: ";", omittingEmptySubsequences: false).map(Self.pair)
        guard let first = parts.first, !first.name.isEmpty, let value = first.value else { return nil }
        name = first.name
        self.value =
            value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"")
            ? String(value.dropFirst().dropLast()) : value
        for part in parts.dropFirst() where !part.name.isEmpty {
            attributes[part.name.lowercased()] = part.value ?? ""
        }
    }

    private static func pair(_ text: Substring) -> (name: String, value: String?) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
            String(part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }
        return (parts[0], parts.count == 2 ? parts[1] : nil)
    }
}
