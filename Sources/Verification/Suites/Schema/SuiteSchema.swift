package import JSON

/// JSON Schema (draft 2020-12) of suites and of their fragments, for editors. The loader decides; a test holds both
/// against each other over thousands of changed documents.
package enum SuiteSchema {
    package enum File: String, Sendable, CaseIterable {
        case suite, fragment

        /// What is filled in when such a file is read.
        fileprivate var namespaces: String { self == .suite ? "values" : "(values|parameters)" }
    }

    /// Every kind of check by its key, each with its own keys.
    package static let kinds: [(name: String, keys: [SuiteSchemaKey])] =
        requestKinds + repeatedKinds + networkKinds + programKinds + jobKinds + runnerKinds

    /// The keys of a check of this kind; a kind that has no table has none of its own.
    static func keys(of kind: String) -> [String] {
        (commonKeys + (kinds.first { $0.name == kind }?.keys ?? [])).map(\.name)
    }

    package static func document(for file: File) -> JSONValue {
        let keys = file == .suite ? suiteKeys : fragmentKeys
        var document = object(keys)
        document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        document["title"] = .string("stagectl \(file.rawValue)")
        var definitions = terms
        definitions["given"] = [
            "type": "string", "pattern": .string("\\$\\{\(file.namespaces)\\.[A-Za-z_][A-Za-z0-9_]*\\}"),
            "description": "a value that is filled in when the file is read",
        ]
        for (name, keys) in kinds { definitions["check.\(name)"] = object(commonKeys + keys) }
        definitions["check"] = check
        // A suite may be made of fragments alone.
        if file == .suite { document["anyOf"] = [["required": ["checks"]], ["required": ["fragments"]]] }
        document["$defs"] = .object(definitions)
        return document
    }

    /// By the one key that says its kind: an editor then speaks of the keys of that kind alone.
    private static var check: JSONValue {
        let names = kinds.map(\.name)
        var keys: Set<String> = Set(commonKeys.map(\.name))
        for kind in kinds { keys.formUnion(kind.keys.map(\.name)) }
        return [
            "type": "object", "required": ["id"],
            "properties": .object(Dictionary(uniqueKeysWithValues: keys.map { ($0, true) })),
            "additionalProperties": false,
            "oneOf": .array(names.map { ["required": [.string($0)]] }),
            "allOf": .array(
                names.map { name in
                    [
                        "if": ["required": [.string(name)]],
                        "then": ["$ref": .string("#/$defs/check.\(name)")],
                    ]
                }),
        ]
    }
}

/// One key of a mapping, with what it takes.
package struct SuiteSchemaKey: Sendable {
    package var name: String
    var type: JSONValue
    var summary: String
    var isRequired: Bool

    init(_ name: String, _ type: JSONValue, required: Bool = false, _ summary: String) {
        self.name = name
        self.type = type
        self.summary = summary
        isRequired = required
    }
}

extension SuiteSchema {
    /// A mapping that takes these keys and no others.
    static func object(_ keys: [SuiteSchemaKey], closed: Bool = true) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for key in keys {
            var type = key.type
            // Beside a reference, a description is one more condition that always holds.
            if case .bool(true) = type { type = [:] }
            if case .bool(false) = type { type = ["not": [:]] }
            type["description"] = .string(key.summary)
            properties[key.name] = type
        }
        var object: JSONValue = ["type": "object", "properties": .object(properties)]
        if closed { object["additionalProperties"] = false }
        let required = keys.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { object["required"] = .array(required) }
        return object
    }

    static func map(_ value: JSONValue, names: String? = nil, atLeast: Int = 0) -> JSONValue {
        var map: JSONValue = ["type": "object", "additionalProperties": value]
        if let names { map["propertyNames"] = ["pattern": .string(names)] }
        if atLeast > 0 { map["minProperties"] = .integer(Int64(atLeast)) }
        return map
    }

    static func list(_ element: JSONValue) -> JSONValue {
        ["type": "array", "items": element]
    }

    /// A list, or one element by itself.
    static func oneOrList(_ element: JSONValue) -> JSONValue {
        ["anyOf": [element, list(element), given]]
    }

    static func either(_ types: JSONValue...) -> JSONValue {
        ["anyOf": .array(types)]
    }

    static func choice(_ names: [String]) -> JSONValue {
        orGiven(["enum": .array(names.map(JSONValue.string))])
    }

    static func integer(_ range: ClosedRange<Int>) -> JSONValue {
        orGiven([
            "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
            "maximum": .integer(Int64(range.upperBound)),
        ])
    }

    static func number(_ lowest: Double, _ highest: Double) -> JSONValue {
        // As it is read again: a whole number is an integer.
        let limit = { (value: Double) in JSONValue(wholeOr: value) }
        return orGiven(["type": "number", "minimum": limit(lowest), "maximum": limit(highest)])
    }

    static func orGiven(_ type: JSONValue) -> JSONValue { ["anyOf": [type, given]] }

    static func term(_ name: String) -> JSONValue { ["$ref": .string("#/$defs/\(name)")] }

    static let given = term("given")
}

extension JSONValue {
    fileprivate init(wholeOr value: Double) {
        self = Int64(exactly: value).map(JSONValue.integer) ?? .number(value)
    }
}
