import JSON

extension FieldTable {
    /// The document with its enums written as numbers, for `$alt=json;enum-encoding=int`, with which Google's own
    /// clients call. A value without a known number stays a name, which those clients accept too.
    func withEnumNumbers(_ value: JSONValue, message: String) -> JSONValue {
        guard case .object(let members) = value, let fields = messages[message] else { return value }
        var result = members
        for (name, member) in members {
            guard let field = fields[name] else { continue }
            switch (field.shape, member) {
            case (.list, .array(let elements)):
                result[name] = .array(elements.map { withEnumNumbers($0, kind: field.kind) })
            case (.map, .object(let entries)):
                result[name] = .object(entries.mapValues { withEnumNumbers($0, kind: field.kind) })
            default:
                result[name] = withEnumNumbers(member, kind: field.kind)
            }
        }
        return .object(result)
    }

    private func withEnumNumbers(_ value: JSONValue, kind: Kind) -> JSONValue {
        switch kind {
        case .enumeration(let enumeration):
            guard let name = value.string, let number = enumeration.number(of: name) else { return value }
            return .integer(number)
        case .message(let name):
            return withEnumNumbers(value, message: name)
        case .any:
            // `metadata` and `response` of an operation say what they are.
            guard let type = value["@type"]?.string, let name = type.split(separator: ".").last else { return value }
            return withEnumNumbers(value, message: String(name))
        default:
            return value
        }
    }
}
