import JSON

/// Holds a document against a schema. Depth bounds a schema that refers to itself, a budget what combinations cost.
struct JSONSchemaEvaluator {
    private static let maximumDepth = 128
    private static let budget = 1_000_000

    let schema: JSONSchema
    private var visited = 0

    init(schema: JSONSchema) {
        self.schema = schema
    }

    mutating func problems(
        _ node: JSONSchema.Node, _ value: JSONValue, at place: String, depth: Int
    ) -> [String] {
        switch node {
        case .always(true): return []
        case .always(false): return ["`\(place)` may not be there"]
        case .all(let keywords):
            visited += 1
            guard depth <= Self.maximumDepth, visited <= Self.budget else {
                return ["`\(place)`: the schema has no end, or asks for too much work"]
            }
            var problems: [String] = []
            for keyword in keywords { problems += self.problems(keyword, value, at: place, depth: depth + 1) }
            return problems
        }
    }

    private mutating func fits(_ node: JSONSchema.Node, _ value: JSONValue, _ place: String, _ depth: Int) -> Bool {
        problems(node, value, at: place, depth: depth).isEmpty
    }

    private mutating func problems(
        _ keyword: JSONSchema.Keyword, _ value: JSONValue, at place: String, depth: Int
    ) -> [String] {
        switch keyword {
        case .types, .oneOfValues, .bound, .multipleOf, .length, .pattern:
            return Self.problem(keyword, value).map { ["`\(place)` is \(Self.short(value)), \($0)"] } ?? []
        case .elementCount, .uniqueElements, .elements, .contains:
            guard let elements = value.array else { return [] }
            return problems(keyword, elements, at: place, depth: depth)
        case .memberCount, .required, .requiredWith, .members, .memberNames, .schemasWith:
            guard let members = value.object else { return [] }
            return problems(keyword, members, at: place, depth: depth)
        case .allOf(let nodes):
            var problems: [String] = []
            for node in nodes { problems += self.problems(node, value, at: place, depth: depth) }
            return problems
        case .anyOf(let nodes):
            for node in nodes where fits(node, value, place, depth) { return [] }
            return ["`\(place)` is \(Self.short(value)), which fits none of the \(nodes.count) schemas of `anyOf`"]
        case .oneOf(let nodes):
            var count = 0
            for node in nodes where fits(node, value, place, depth) { count += 1 }
            if count == 1 { return [] }
            return ["`\(place)` is \(Self.short(value)), which fits \(count) schemas of `oneOf`, wanted exactly one"]
        case .not(let node):
            return fits(node, value, place, depth) ? ["`\(place)` is \(Self.short(value)), which `not` excludes"] : []
        case .conditional(let condition, let then, let otherwise):
            guard let branch = fits(condition, value, place, depth) ? then : otherwise else { return [] }
            return problems(branch, value, at: place, depth: depth)
        case .reference(let pointer):
            guard let node = schema.referenced[pointer] else { return [] }
            return problems(node, value, at: place, depth: depth)
        }
    }

    /// About a value by itself; the rest of a sentence.
    private static func problem(_ keyword: JSONSchema.Keyword, _ value: JSONValue) -> String? {
        switch keyword {
        case .types(let types):
            let fits = types.contains { $0.includes(value) || $0 == .integer && value.isWhole }
            return fits ? nil : "wanted \(types.map(\.rawValue).joined(separator: " or "))"
        case .oneOfValues(let values):
            if values.contains(where: { JSONComparison.equal($0, value) }) { return nil }
            return "wanted \(values.prefix(10).map(short).joined(separator: " or "))"
        case .bound(let comparison, let bound):
            guard value.double != nil, !JSONComparison.holds(value, comparison, bound) else { return nil }
            return "wanted \(comparison.rawValue) \(short(bound))"
        case .multipleOf(let divisor):
            return isMultiple(value, of: divisor) ? nil : "wanted a multiple of \(short(divisor))"
        case .length(let range):
            guard let length = value.string?.unicodeScalars.count, !range.contains(length) else { return nil }
            return "which has \(length) characters, wanted \(words(range))"
        case .pattern(let pattern):
            guard let text = value.string, !pattern.matches(text) else { return nil }
            return "which does not match `\(pattern.source)`"
        default: return nil
        }
    }

    private static func isMultiple(_ value: JSONValue, of divisor: JSONValue) -> Bool {
        if case .integer(let number) = value, case .integer(let by) = divisor, by > 0 { return number % by == 0 }
        guard let number = value.double, let by = divisor.double, by > 0 else { return true }
        let quotient = number / by
        return quotient.isFinite && quotient.rounded() == quotient
    }

    private mutating func problems(
        _ keyword: JSONSchema.Keyword, _ elements: [JSONValue], at place: String, depth: Int
    ) -> [String] {
        switch keyword {
        case .elementCount(let range):
            return range.contains(elements.count)
                ? [] : ["`\(place)` has \(elements.count) elements, wanted \(Self.words(range))"]
        case .uniqueElements:
            for index in elements.indices {
                let same = elements[..<index].firstIndex { JSONComparison.equal($0, elements[index]) }
                if let same { return ["`\(place)` has the same element at \(same) and \(index)"] }
            }
            return []
        case .elements(let first, let rest):
            var problems: [String] = []
            for (index, element) in elements.enumerated() {
                guard let node = index < first.count ? first[index] : rest else { continue }
                problems += self.problems(node, element, at: "\(place)[\(index)]", depth: depth)
            }
            return problems
        case .contains(let node, let range):
            var count = 0
            for element in elements where fits(node, element, place, depth) { count += 1 }
            return range.contains(count)
                ? [] : ["`\(place)` has \(count) elements that fit `contains`, wanted \(Self.words(range))"]
        default: return []
        }
    }

    private mutating func problems(
        _ keyword: JSONSchema.Keyword, _ members: [String: JSONValue], at place: String, depth: Int
    ) -> [String] {
        let sorted = members.sorted { $0.key < $1.key }
        var problems: [String] = []
        switch keyword {
        case .memberCount(let range):
            if range.contains(members.count) { return [] }
            return ["`\(place)` has \(members.count) members, wanted \(Self.words(range))"]
        case .required(let names):
            return names.filter { members[$0] == nil }.map { "`\(place)` has no `\($0)`" }
        case .requiredWith(let needs):
            for (name, others) in needs.sorted(by: { $0.key < $1.key }) where members[name] != nil {
                problems += others.filter { members[$0] == nil }.map { "`\(place)` has `\(name)` but no `\($0)`" }
            }
        case .members(let named, let matching, let others):
            for (name, value) in sorted {
                var nodes = matching.filter { $0.pattern.matches(name) }.map(\.node)
                if let node = named[name] { nodes.append(node) }
                if nodes.isEmpty, let others { nodes.append(others) }
                for node in nodes { problems += self.problems(node, value, at: "\(place).\(name)", depth: depth) }
            }
        case .memberNames(let node):
            for (name, _) in sorted {
                problems += self.problems(node, .string(name), at: "\(place).\(name)", depth: depth)
            }
        case .schemasWith(let schemas):
            for (name, node) in schemas.sorted(by: { $0.key < $1.key }) where members[name] != nil {
                problems += self.problems(node, .object(members), at: place, depth: depth)
            }
        default: break
        }
        return problems
    }

    private static func words(_ range: ClosedRange<Int>) -> String {
        if range.upperBound == .max { return "at least \(range.lowerBound)" }
        if range.lowerBound == range.upperBound { return "\(range.lowerBound)" }
        return range.lowerBound == 0
            ? "at most \(range.upperBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }

    private static func short(_ value: JSONValue) -> String {
        "`\(TextCondition.short(value.serialized()))`"
    }
}

extension JSONValue {
    /// `1.0` is an integer to JSON Schema (validation vocabulary, section 6.1.1).
    var isWhole: Bool {
        switch self {
        case .integer: true
        case .number(let value): value.isFinite && value.rounded() == value
        case .null, .bool, .string, .array, .object: false
        }
    }
}
