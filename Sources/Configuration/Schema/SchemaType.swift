/// What a value may be. Reader, JSON Schema and documentation all come from these tables.
package indirect enum SchemaType: Sendable {
    case string(StringRule)
    case integer(ClosedRange<Int>)
    case boolean
    /// A length of time such as `300ms`; the range is in milliseconds, `step` the finest unit that counts.
    case duration(ClosedRange<Int>, step: Int)
    /// `25` or `25%`.
    case percent(ClosedRange<Int>)
    /// An amount of memory such as `512Mi`; the range is in bytes.
    case memory(ClosedRange<Int>)
    /// A share of a processor such as `1` or `500m`.
    case processor
    case choice([String])
    /// Any scalar, taken as text.
    case scalar
    /// Any scalar, or lists and mappings of them, however deep.
    case plainData
    case list(SchemaType, minimum: Int = 0)
    case map(key: StringRule, value: SchemaType)
    case object(ObjectSchema)
    /// A scalar of the first type or a mapping of the second.
    case scalarOr(SchemaType, ObjectSchema)
}

/// A mapping with a closed set of keys.
package struct ObjectSchema: Sendable {
    package var fields: [SchemaField]
    /// Of each of these groups at most one key is there.
    package var exclusive: [[String]]
    /// Of each of these groups exactly one key must be there.
    package var oneOf: [[String]]

    package init(_ fields: [SchemaField], exclusive: [[String]] = [], oneOf: [[String]] = []) {
        self.fields = fields
        self.exclusive = exclusive
        self.oneOf = oneOf
    }

    package func field(_ key: String) -> SchemaField? {
        fields.first { $0.key == key }
    }

    /// Keys of which one excludes the others: a file that is laid over another one replaces, not adds.
    package var alternatives: [[String]] { exclusive + oneOf }
}

/// One key of a mapping.
package struct SchemaField: Sendable {
    package var key: String
    package var type: SchemaType
    package var isRequired: Bool
    package var summary: String

    package init(_ key: String, _ type: SchemaType, required: Bool = false, _ summary: String) {
        self.key = key
        self.type = type
        self.isRequired = required
        self.summary = summary
    }
}
