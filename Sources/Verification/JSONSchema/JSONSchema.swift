package import JSON

/// A JSON Schema of draft 2020-12: the keywords of its core, applicator and validation vocabularies, except those that
/// need other documents or what other keywords have seen (`$anchor`, `$dynamicRef`, `unevaluated…`). A keyword that is
/// not known is refused when the schema is read, so that nothing that it says is passed over.
package struct JSONSchema: Hashable, Sendable {
    /// Something in a schema that cannot be used; `path` leads to it from the schema's root.
    package struct Problem: Error, Hashable, Sendable {
        package var path: [String]
        package var reason: String
        package var hint: String?
    }

    indirect enum Node: Hashable, Sendable {
        case always(Bool)
        case all([Keyword])
    }

    enum Keyword: Hashable, Sendable {
        case types([JSONType])
        case oneOfValues([JSONValue])
        case bound(ComparisonOperator, JSONValue)
        case multipleOf(JSONValue)
        case length(ClosedRange<Int>)
        case pattern(Pattern)
        case elementCount(ClosedRange<Int>)
        case uniqueElements
        case elements(first: [Node], rest: Node?)
        case contains(Node, ClosedRange<Int>)
        case memberCount(ClosedRange<Int>)
        case required([String])
        case requiredWith([String: [String]])
        case members(named: [String: Node], matching: [MemberPattern], others: Node?)
        case memberNames(Node)
        case schemasWith([String: Node])
        case allOf([Node])
        case anyOf([Node])
        case oneOf([Node])
        case not(Node)
        case conditional(Node, then: Node?, otherwise: Node?)
        /// A JSON pointer into the schema's own document.
        case reference(String)
    }

    struct MemberPattern: Hashable, Sendable {
        var pattern: Pattern
        var node: Node
    }

    let root: Node
    /// What references lead to, by their pointers.
    let referenced: [String: Node]

    /// Throws every ``Problem`` there is.
    package init(_ document: JSONValue) throws(JSONSchemaProblems) {
        var parser = JSONSchemaParser(document)
        let (root, referenced) = parser.parse()
        guard parser.problems.isEmpty else { throw JSONSchemaProblems(problems: parser.problems) }
        self.root = root
        self.referenced = referenced
    }

    /// What is wrong with a document: a sentence for each place, at most five. Empty when it fits.
    package func problems(in document: JSONValue) -> [String] {
        var evaluator = JSONSchemaEvaluator(schema: self)
        return Array(evaluator.problems(root, document, at: "$", depth: 0).prefix(5))
    }
}

package struct JSONSchemaProblems: Error, Hashable, Sendable {
    package var problems: [JSONSchema.Problem]
}
