package import JSON

/// A JSON path (RFC 9535): a query that selects values of a document.
package struct JSONPath: Hashable, Sendable {
    /// As it was written.
    package let source: String
    let segments: [Segment]

    /// Throws ``JSONPathError``, never traps, whatever the text is.
    package init(parsing source: String) throws(JSONPathError) {
        var parser = JSONPathParser(source)
        segments = try parser.parseWhole()
        self.source = source
    }

    /// The selected values, in document order; members of an object in the order of their names.
    package func values(in document: JSONValue) throws(JSONPathError) -> [JSONValue] {
        var evaluator = JSONPathEvaluator(root: document)
        return try evaluator.select(segments, from: document)
    }
}

/// Why a path cannot be read or evaluated.
package struct JSONPathError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case mustStartWithRoot
        case unexpected(found: String, wanted: String)
        case numberOutOfRange
        case invalidString
        case invalidPattern(String)
        case unknownFunction(String)
        case wrongArguments(function: String)
        case notSingular
        case nestedTooDeeply
        case tooManyNodes
    }

    package var kind: Kind
    /// Characters before the mistake.
    package var offset: Int

    package init(_ kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// For a person.
    package var reason: String {
        switch kind {
        case .mustStartWithRoot: "a JSON path starts with `$`"
        case .unexpected(let found, let wanted): "expected \(wanted) but found \(found) at character \(offset + 1)"
        case .numberOutOfRange: "a number at character \(offset + 1) is out of range"
        case .invalidString: "a string at character \(offset + 1) is not well formed"
        case .invalidPattern(let pattern): "`\(pattern)` is not a regular expression"
        case .unknownFunction(let name): "`\(name)` is not a function of JSON paths"
        case .wrongArguments(let name): "`\(name)` does not take these arguments"
        case .notSingular: "a path in a comparison must select at most one value (character \(offset + 1))"
        case .nestedTooDeeply: "the path is nested too deeply"
        case .tooManyNodes: "the path selects too many values"
        }
    }
}

struct Segment: Hashable, Sendable {
    var descendant: Bool
    var selectors: [Selector]

    var isSingular: Bool {
        guard !descendant, selectors.count == 1 else { return false }
        switch selectors[0] {
        case .name, .index: return true
        case .wildcard, .slice, .filter: return false
        }
    }
}

enum Selector: Hashable, Sendable {
    case name(String)
    case index(Int)
    case wildcard
    case slice(start: Int?, end: Int?, step: Int)
    case filter(FilterExpression)
}

indirect enum FilterExpression: Hashable, Sendable {
    case any([FilterExpression])
    case all([FilterExpression])
    case not(FilterExpression)
    case comparison(FilterOperand, ComparisonOperator, FilterOperand)
    case exists(FilterQuery)
    case function(FilterFunction)
}

enum FilterOperand: Hashable, Sendable {
    case literal(JSONValue)
    case query(FilterQuery)
    case function(FilterFunction)
}

struct FilterQuery: Hashable, Sendable {
    /// `$` instead of `@`.
    var fromRoot: Bool
    var segments: [Segment]

    var isSingular: Bool { segments.allSatisfy(\.isSingular) }
}

indirect enum FilterFunction: Hashable, Sendable {
    case length(FilterOperand)
    case count(FilterQuery)
    case value(FilterQuery)
    case match(FilterOperand, FilterOperand)
    case search(FilterOperand, FilterOperand)

    /// `match` and `search` are conditions; the others are values to compare.
    var isLogical: Bool {
        switch self {
        case .match, .search: true
        case .length, .count, .value: false
        }
    }
}

package enum ComparisonOperator: String, Hashable, Sendable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
}
