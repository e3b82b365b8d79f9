package import JSON

/// The JSON Schema (draft 2020-12) of a kind of file, for editors and other tools.
package func jsonSchema(for kind: ConfigurationFileKind) -> JSONValue {
    jsonSchema(
        of: ConfigurationSchema.schema(for: kind),
        title: kind == .services ? "stagectl services" : "stagectl environment", requires: true)
}

/// The JSON Schema of any table of keys, as a document of its own.
package func jsonSchema(of schema: ObjectSchema, title: String, requires: Bool = true) -> JSONValue {
    var document = JSONSchemaText.object(schema, isRoot: requires)
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["title"] = .string(title)
    document["$defs"] = [
        "reference": [
            "type": "string", "pattern": "\\$\\{env\\.[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}",
            "description": "a value from the environment variables of whoever runs stagectl",
        ]
    ]
    return document
}

private enum JSONSchemaText {
    /// Only the root's required keys, and one of each group of alternatives, are demanded: a file that is laid over another one may leave out the rest.
    static func object(_ schema: ObjectSchema, isRoot: Bool = false) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for field in schema.fields {
            var property = type(field.type)
            property["description"] = .string(field.summary)
            properties[field.key] = property
        }
        var object: JSONValue = [
            "type": "object", "additionalProperties": false, "properties": .object(properties),
        ]
        let required = schema.fields.filter { isRoot && $0.isRequired }.map { JSONValue.string($0.key) }
        if !required.isEmpty { object["required"] = .array(required) }
        var exclusions: [JSONValue] = schema.alternatives.flatMap(pairs).map { one, other in
            ["not": ["required": [.string(one), .string(other)]]]
        }
        if isRoot {
            exclusions += schema.oneOf.map { group in ["anyOf": .array(group.map { ["required": [.string($0)]] })] }
        }
        if !exclusions.isEmpty { object["allOf"] = .array(exclusions) }
        return object
    }

    private static func pairs(_ group: [String]) -> [(String, String)] {
        group.indices.flatMap { first in
            group.indices.filter { $0 > first }.map { (group[first], group[$0]) }
        }
    }

    static func type(_ type: SchemaType) -> JSONValue {
        switch type {
        case .object(let schema): object(schema)
        case .list(let element, let minimum):
            minimum > 0
                ? ["type": "array", "items": self.type(element), "minItems": .integer(Int64(minimum))]
                : ["type": "array", "items": self.type(element)]
        case .map(let keys, let value):
            [
                "type": "object", "additionalProperties": self.type(value),
                "propertyNames": keys.pattern.map { ["pattern": .string($0)] } ?? true,
            ]
        case .scalarOr(let scalar, let schema): ["anyOf": [self.type(scalar), object(schema)]]
        case .scalar: ["type": ["string", "number", "boolean"]]
        case .plainData: ["type": ["string", "number", "boolean", "array", "object"]]
        case .string(let rule):
            rule.pattern.map { orReference(["type": "string", "pattern": .string($0)]) } ?? ["type": "string"]
        case .integer(let range):
            orReference([
                "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ])
        case .boolean: orReference(["type": "boolean"])
        case .duration: orReference(["type": "string", "pattern": "^([0-9]+(ms|s|m|h))+$"])
        case .percent(let range):
            [
                "anyOf": [
                    [
                        "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
                        "maximum": .integer(Int64(range.upperBound)),
                    ],
                    ["type": "string", "pattern": "^[0-9]+%$"], reference,
                ]
            ]
        case .memory: orReference(["type": "string", "pattern": "^[0-9]+(Ki|Mi|Gi|k|M|G)$"])
        case .processor: ["anyOf": [["type": "number"], ["type": "string", "pattern": "^[0-9.]+m?$"], reference]]
        case .choice(let names): orReference(["enum": .array(names.map { .string($0) })])
        }
    }

    private static let reference: JSONValue = ["$ref": "#/$defs/reference"]

    private static func orReference(_ type: JSONValue) -> JSONValue {
        ["anyOf": [type, reference]]
    }
}
