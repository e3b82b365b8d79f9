import Configuration
import JSON

/// What the values that a path selects must be like. At least one value must be there, and all must fit.
package struct JSONExpectation: Hashable, Sendable {
    package enum Condition: Hashable, Sendable {
        case compare(ComparisonOperator, JSONTemplate)
        /// Elements of one selected array, else the number of selected values.
        case count(ComparisonOperator, Int)
        case matches(Pattern)
        case contains(JSONTemplate)
        case exists(Bool)
        case type(JSONType)
    }

    package var path: JSONPath
    package var conditions: [Condition]

    package init(_ path: JSONPath, _ conditions: [Condition]) {
        self.path = path
        self.conditions = conditions
    }

    /// Of several expectations on one document, which is parsed once.
    static func problems(
        _ expectations: [JSONExpectation], body: [UInt8], values: [String: String]
    ) throws(Template.Unresolved) -> [String] {
        let document: JSONValue
        do throws(JSONValue.ParseError) {
            document = try JSONValue(parsing: body)
        } catch {
            return ["the body is not JSON\(ResponseExpectation.excerpt(body))"]
        }
        return try problems(expectations, document: document, values: values)
    }

    static func problems(
        _ expectations: [JSONExpectation], document: JSONValue, values: [String: String]
    ) throws(Template.Unresolved) -> [String] {
        var problems: [String] = []
        for expectation in expectations {
            let selected: [JSONValue]
            do throws(JSONPathError) {
                selected = try expectation.path.values(in: document)
            } catch {
                problems.append("`\(expectation.path.source)`: \(error.reason)")
                continue
            }
            for condition in expectation.conditions {
                if let problem = try expectation.problem(condition, selected, values: values) {
                    problems.append("`\(expectation.path.source)` \(problem)")
                }
            }
        }
        return problems
    }

    private func problem(
        _ condition: Condition, _ selected: [JSONValue], values: [String: String]
    ) throws(Template.Unresolved) -> String? {
        switch condition {
        case .exists(let wanted):
            if wanted != selected.isEmpty { return nil }
            return wanted ? "selects nothing" : "selects \(Counted.text(selected.count, "value")), wanted none"
        case .count(let comparison, let wanted):
            let count = selected.count == 1 ? selected[0].array?.count ?? 1 : selected.count
            let holds = JSONComparison.holds(.integer(Int64(count)), comparison, .integer(Int64(wanted)))
            return holds ? nil : "counts \(count), wanted \(Self.words(comparison))\(wanted)"
        case .compare, .matches, .contains, .type:
            break
        }
        guard !selected.isEmpty else { return "selects nothing" }
        for value in selected {
            if let problem = try problem(condition, value, values: values) { return problem }
        }
        return nil
    }

    private func problem(
        _ condition: Condition, _ value: JSONValue, values: [String: String]
    ) throws(Template.Unresolved) -> String? {
        let seen = "is \(Self.short(value))"
        switch condition {
        case .compare(let comparison, let template):
            let wanted = try template.render(values)
            let left = Self.comparable(value, to: wanted, from: template)
            return JSONComparison.holds(left, comparison, wanted)
                ? nil : "\(seen), wanted \(Self.words(comparison))\(Self.short(wanted))"
        case .matches(let pattern):
            let text = Self.text(of: value)
            return text.map(pattern.matches) == true ? nil : "\(seen), which does not match `\(pattern.source)`"
        case .contains(let template):
            let wanted = try template.render(values)
            let holds =
                switch (value, wanted) {
                case (.string(let text), .string(let part)): text.contains(part)
                case (.array(let elements), _): elements.contains { JSONComparison.equal($0, wanted) }
                default: false
                }
            return holds ? nil : "\(seen), which does not contain \(Self.short(wanted))"
        case .type(let type):
            return type.includes(value) ? nil : "\(seen), wanted \(type.rawValue)"
        case .exists, .count:
            return nil
        }
    }

    /// A reference can only be written as text: `"${each.id}"` is compared with the number 1 by its digits.
    private static func comparable(_ value: JSONValue, to wanted: JSONValue, from template: JSONTemplate) -> JSONValue {
        guard case .string = wanted, !template.references.isEmpty, let text = text(of: value) else { return value }
        return .string(text)
    }

    /// A scalar as text; nil for null, arrays and objects.
    static func text(of value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer, .number, .bool: value.serialized()
        case .null, .array, .object: nil
        }
    }

    private static func words(_ comparison: ComparisonOperator) -> String {
        comparison == .equal ? "" : "\(comparison.rawValue) "
    }

    private static func short(_ value: JSONValue) -> String {
        "`\(TextCondition.short(value.serialized()))`"
    }
}

package enum JSONType: String, Hashable, Sendable, CaseIterable {
    case null, boolean, integer, number, string, array, object

    func includes(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.null, .null), (.boolean, .bool), (.integer, .integer), (.number, .integer), (.number, .number),
            (.string, .string), (.array, .array), (.object, .object):
            true
        default: false
        }
    }
}
