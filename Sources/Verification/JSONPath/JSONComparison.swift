package import JSON

/// Comparison of JSON values as RFC 9535 section 2.3.5.2.2 has it: numbers by value, order only between numbers or
/// between strings, nil for "nothing".
package enum JSONComparison {
    package static func holds(_ left: JSONValue?, _ comparison: ComparisonOperator, _ right: JSONValue?) -> Bool {
        switch comparison {
        case .equal: equal(left, right)
        case .notEqual: !equal(left, right)
        case .less: less(left, right)
        case .greater: less(right, left)
        case .lessOrEqual: less(left, right) || equal(left, right)
        case .greaterOrEqual: less(right, left) || equal(left, right)
        }
    }

    package static func equal(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
        switch (left, right) {
        case (nil, nil): return true
        case (.integer(let first)?, .integer(let second)?): return first == second
        case (.integer?, .number?), (.number?, .integer?), (.number?, .number?):
            return left?.double == right?.double
        // By code points: to Swift, é is é however it is written.
        case (.string(let first)?, .string(let second)?):
            return first.unicodeScalars.elementsEqual(second.unicodeScalars)
        case (.array(let first)?, .array(let second)?):
            return first.count == second.count && zip(first, second).allSatisfy { equal($0, $1) }
        case (.object(let first)?, .object(let second)?):
            return first.count == second.count
                && first.allSatisfy { name, value in second[name].map { equal(value, $0) } ?? false }
        default: return left == right
        }
    }

    private static func less(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
        switch (left, right) {
        case (.integer(let first)?, .integer(let second)?): return first < second
        case (.string(let first)?, .string(let second)?):
            return first.unicodeScalars.lexicographicallyPrecedes(second.unicodeScalars)
        case (.integer?, .number?), (.number?, .integer?), (.number?, .number?):
            guard let first = left?.double, let second = right?.double else { return false }
            return first < second
        default: return false
        }
    }
}
