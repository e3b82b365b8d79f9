import JSON

/// Applies segments to values. A budget bounds what a path like `$..*..*` can cost.
struct JSONPathEvaluator {
    private static let budget = 1_000_000

    let root: JSONValue
    private var visited = 0

    init(root: JSONValue) {
        self.root = root
    }

    mutating func select(_ segments: [Segment], from start: JSONValue) throws(JSONPathError) -> [JSONValue] {
        var nodes = [start]
        for segment in segments {
            var next: [JSONValue] = []
            for node in nodes {
                try apply(segment, to: node, into: &next)
            }
            nodes = next
        }
        return nodes
    }

    private mutating func apply(
        _ segment: Segment, to node: JSONValue, into result: inout [JSONValue]
    ) throws(JSONPathError) {
        for selector in segment.selectors {
            try apply(selector, to: node, into: &result)
        }
        guard segment.descendant else { return }
        for child in Self.children(of: node) {
            try apply(segment, to: child, into: &result)
        }
    }

    private mutating func apply(
        _ selector: Selector, to node: JSONValue, into result: inout [JSONValue]
    ) throws(JSONPathError) {
        visited += 1
        if visited > Self.budget { throw JSONPathError(.tooManyNodes, offset: 0) }
        switch selector {
        case .name(let name):
            if let member = node[name] { result.append(member) }
        case .index(let index):
            guard let elements = node.array else { return }
            let position = index < 0 ? elements.count + index : index
            if elements.indices.contains(position) { result.append(elements[position]) }
        case .wildcard:
            result += Self.children(of: node)
        case .slice(let start, let end, let step):
            guard let elements = node.array else { return }
            for index in Self.indexes(start: start, end: end, step: step, count: elements.count) {
                result.append(elements[index])
            }
        case .filter(let expression):
            for child in Self.children(of: node) where try holds(expression, for: child) {
                result.append(child)
            }
        }
    }

    static func children(of node: JSONValue) -> [JSONValue] {
        switch node {
        case .array(let elements): elements
        case .object(let members): members.sorted { $0.key < $1.key }.map(\.value)
        case .null, .bool, .integer, .number, .string: []
        }
    }

    /// RFC 9535 section 2.3.4.2.2; a step of zero selects nothing.
    static func indexes(start: Int?, end: Int?, step: Int, count: Int) -> [Int] {
        func normalized(_ bound: Int) -> Int { bound >= 0 ? bound : count + bound }
        if step > 0 {
            let lower = min(max(normalized(start ?? 0), 0), count)
            let upper = min(max(normalized(end ?? count), 0), count)
            return lower < upper ? Array(stride(from: lower, to: upper, by: step)) : []
        }
        if step < 0 {
            let upper = min(max(start.map(normalized) ?? count - 1, -1), count - 1)
            let lower = min(max(end.map(normalized) ?? -1, -1), count - 1)
            return lower < upper ? Array(stride(from: upper, to: lower, by: step)) : []
        }
        return []
    }
}

extension JSONPathEvaluator {
    private mutating func holds(
        _ expression: FilterExpression, for node: JSONValue
    ) throws(JSONPathError) -> Bool {
        switch expression {
        case .any(let terms):
            for term in terms where try holds(term, for: node) { return true }
            return false
        case .all(let terms):
            for term in terms where try !holds(term, for: node) { return false }
            return true
        case .not(let term):
            return try !holds(term, for: node)
        case .exists(let query):
            return try !values(query, for: node).isEmpty
        case .comparison(let left, let comparison, let right):
            return JSONComparison.holds(try value(left, for: node), comparison, try value(right, for: node))
        case .function(let function):
            return try holds(function, for: node)
        }
    }

    private mutating func values(_ query: FilterQuery, for node: JSONValue) throws(JSONPathError) -> [JSONValue] {
        try select(query.segments, from: query.fromRoot ? root : node)
    }

    /// Nil is RFC 9535's "nothing".
    private mutating func value(_ operand: FilterOperand, for node: JSONValue) throws(JSONPathError) -> JSONValue? {
        switch operand {
        case .literal(let literal): return literal
        case .query(let query): return try values(query, for: node).first
        case .function(let function):
            switch function {
            case .length(let argument):
                return try value(argument, for: node).flatMap(Self.length)
            case .count(let query):
                return .integer(Int64(try values(query, for: node).count))
            case .value(let query):
                let found = try values(query, for: node)
                return found.count == 1 ? found[0] : nil
            case .match, .search:
                return nil
            }
        }
    }

    private mutating func holds(_ function: FilterFunction, for node: JSONValue) throws(JSONPathError) -> Bool {
        switch function {
        case .match(let subject, let pattern), .search(let subject, let pattern):
            guard
                case .string(let text)? = try value(subject, for: node),
                case .string(let source)? = try value(pattern, for: node),
                let compiled = try? InteroperablePattern(source)
            else { return false }
            if case .match = function { return compiled.matchesWhole(text) }
            return compiled.matches(text)
        case .length, .count, .value:
            return false
        }
    }

    private static func length(of value: JSONValue) -> JSONValue? {
        switch value {
        case .string(let text): .integer(Int64(text.unicodeScalars.count))
        case .array(let elements): .integer(Int64(elements.count))
        case .object(let members): .integer(Int64(members.count))
        case .null, .bool, .integer, .number: nil
        }
    }
}
