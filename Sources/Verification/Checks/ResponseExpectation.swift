import JSON

/// What an answer must be like. Every part that is set must hold, and all that do not are told.
package struct ResponseExpectation: Hashable, Sendable {
    package var status: StatusExpectation
    package var headers: [HeaderExpectation]
    package var json: [JSONExpectation]
    package var body: [TextCondition]
    package var totalBelowMilliseconds: Int?
    package var firstByteBelowMilliseconds: Int?
    /// Of a connection that was made for the request; one that was there already took no time.
    package var nameLookupBelowMilliseconds: Int?
    package var connectBelowMilliseconds: Int?
    package var tlsBelowMilliseconds: Int?
    package var schema: JSONSchema?
    package var cookies: [CookieExpectation] = []
    /// Bytes of the body as it was read.
    package var size: [NumberCondition] = []
    /// Where a redirect leads, as a whole address.
    package var redirect: [TextCondition] = []
    package var securityHeaders: [SecurityHeader] = []
    /// Looked at on a connection of its own, right after the answer.
    package var tls: TLSExpectation?

    /// A check that says nothing wants success: a check cannot be written that accepts anything.
    package init(
        status: StatusExpectation = .success, headers: [HeaderExpectation] = [], json: [JSONExpectation] = [],
        body: [TextCondition] = [], totalBelowMilliseconds: Int? = nil, firstByteBelowMilliseconds: Int? = nil
    ) {
        self.status = status
        self.headers = headers
        self.json = json
        self.body = body
        self.totalBelowMilliseconds = totalBelowMilliseconds
        self.firstByteBelowMilliseconds = firstByteBelowMilliseconds
    }

    /// Everything about the response that is not as wanted.
    package func problems(
        of response: HTTPProbeResponse, values: [String: String]
    ) throws(Template.Unresolved) -> [String] {
        var problems: [String] = []
        if !status.contains(response.status) {
            problems.append("status \(response.status), wanted \(status)\(Self.excerpt(response.body))")
        }
        for header in headers {
            if let problem = try header.problem(in: response.headers, values: values) { problems.append(problem) }
        }
        if !json.isEmpty {
            problems += try JSONExpectation.problems(json, body: response.body, values: values)
        }
        if let schema {
            if let document = try? JSONValue(parsing: response.body) {
                problems += schema.problems(in: document)
            } else {
                problems.append("the body is not JSON\(Self.excerpt(response.body))")
            }
        }
        for cookie in cookies { problems += try cookie.problems(in: response.headers, values: values) }
        for condition in size {
            if let wanted = condition.unmet(by: Double(response.body.count)) {
                problems.append("the body has \(response.body.count) bytes, wanted \(wanted)")
            }
        }
        problems += try redirectProblems(of: response, values: values)
        if !body.isEmpty {
            let text = String(decoding: response.body, as: UTF8.self)
            for condition in body {
                if let problem = try condition.problem(in: text, values: values) {
                    problems.append("the body \(problem)")
                }
            }
        }
        let phases = response.phases
        problems += Self.slow("the answer took", phases.total, totalBelowMilliseconds)
        problems += Self.slow("the first byte took", phases.firstByte, firstByteBelowMilliseconds)
        problems += Self.slow("the name lookup took", phases.nameLookup, nameLookupBelowMilliseconds)
        problems += Self.slow("the connection took", phases.connect - phases.nameLookup, connectBelowMilliseconds)
        problems += Self.slow("the TLS handshake took", max(0, phases.tls - phases.connect), tlsBelowMilliseconds)
        return problems
    }

    private func redirectProblems(
        of response: HTTPProbeResponse, values: [String: String]
    ) throws(Template.Unresolved) -> [String] {
        guard !redirect.isEmpty else { return [] }
        guard let target = response.redirectTarget else { return ["the answer redirects nowhere"] }
        var problems: [String] = []
        for condition in redirect {
            if let problem = try condition.problem(in: target, values: values) {
                problems.append("the redirect's target \(problem)")
            }
        }
        return problems
    }

    private static func slow(_ what: String, _ milliseconds: Double, _ limit: Int?) -> [String] {
        guard let limit, !(milliseconds < Double(limit)) else { return [] }
        return ["\(what) \(JUnitDocument.seconds(milliseconds)) s, wanted less than \(limit) ms"]
    }

    /// The start of a body, for the sentence that reports an unexpected status.
    static func excerpt(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(200), as: UTF8.self)
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.isEmpty ? "" : ": \(line)"
    }
}

/// Status codes that are accepted.
package struct StatusExpectation: Hashable, Sendable, CustomStringConvertible {
    package static let success = StatusExpectation([200...299])

    package var ranges: [ClosedRange<Int>]

    package init(_ ranges: [ClosedRange<Int>]) {
        self.ranges = ranges
    }

    /// `200`, `2xx`, `200-204`; nil for anything else.
    package init?(parsing text: String) {
        if let code = Int(text), (100...599).contains(code) {
            ranges = [code...code]
        } else if text.count == 3, text.lowercased().hasSuffix("xx"), let hundreds = Int(text.prefix(1)),
            (1...5).contains(hundreds)
        {
            ranges = [hundreds * 100...hundreds * 100 + 99]
        } else {
            let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard bounds.count == 2, let lower = bounds[0], let upper = bounds[1], lower <= upper,
                (100...599).contains(lower), (100...599).contains(upper)
            else { return nil }
            ranges = [lower...upper]
        }
    }

    package func contains(_ status: Int) -> Bool {
        ranges.contains { $0.contains(status) }
    }

    package var description: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: " or ")
    }
}

package struct HeaderExpectation: Hashable, Sendable {
    package enum Condition: Hashable, Sendable {
        case text(TextCondition)
        case present(Bool)
    }

    package var name: String
    package var condition: Condition

    package init(_ name: String, _ condition: Condition) {
        self.name = name
        self.condition = condition
    }

    func problem(in headers: [HeaderField], values: [String: String]) throws(Template.Unresolved) -> String? {
        let value = headers[name]
        switch condition {
        case .present(let wanted):
            if wanted == (value != nil) { return nil }
            return wanted ? "header `\(name)` is missing" : "header `\(name)` is there, wanted none"
        case .text(let condition):
            guard let value else { return "header `\(name)` is missing" }
            return try condition.problem(in: value, values: values).map { "header `\(name)` \($0)" }
        }
    }
}

/// A condition on text.
package enum TextCondition: Hashable, Sendable {
    case equals(Template)
    case contains(Template)
    case excludes(Template)
    case matches(Pattern)

    /// The rest of a sentence that starts with what the text is.
    func problem(in text: String, values: [String: String]) throws(Template.Unresolved) -> String? {
        switch self {
        case .equals(let template):
            let wanted = try template.render(values)
            return text == wanted ? nil : "is `\(Self.short(text))`, wanted `\(Self.short(wanted))`"
        case .contains(let template):
            let wanted = try template.render(values)
            return text.contains(wanted) ? nil : "does not contain `\(Self.short(wanted))`"
        case .excludes(let template):
            let unwanted = try template.render(values)
            return text.contains(unwanted) ? "contains `\(Self.short(unwanted))`" : nil
        case .matches(let pattern):
            return pattern.matches(text) ? nil : "is `\(Self.short(text))`, which does not match `\(pattern.source)`"
        }
    }

    static func short(_ text: String) -> String {
        text.count > 120 ? text.prefix(120) + "…" : text
    }
}
