import JSON

extension FieldTable {
    /// Checks a request body as Google does and returns it normalised: JSON names, enums by name, int64 as strings,
    /// output-only fields dropped. Reports every wrong field at once.
    func decode(_ value: JSONValue, as message: String, at path: String) throws(APIError) -> JSONValue {
        var violations: [FieldViolation] = []
        let result = decoded(value, message: message, path: path, depth: 0, violations: &violations)
        guard violations.isEmpty else { throw .badRequest(violations) }
        return result ?? .object([:])
    }

    private func decoded(
        _ value: JSONValue, message: String, path: String, depth: Int, violations: inout [FieldViolation]
    ) -> JSONValue? {
        guard case .object(let members) = value, depth < 32 else {
            violations.append(Self.wrongValue(value, type: "type.googleapis.com/google.cloud.run.v2.\(message)", path))
            return nil
        }
        var result: [String: JSONValue] = [:]
        for (name, member) in members.sorted(by: { $0.key < $1.key }) where name != "@type" {
            guard let (jsonName, field) = field(name, of: message) else {
                violations.append(
                    FieldViolation(
                        field: path,
                        message:
                            "Invalid JSON payload received. Unknown name \"\(name)\"\(path.isEmpty ? "" : " at '\(path)'"): Cannot find field."
                    ))
                continue
            }
            if field.isOutputOnly || member == .null { continue }
            let place = path.isEmpty ? jsonName : "\(path).\(jsonName)"
            result[jsonName] = decoded(member, field: field, path: place, depth: depth, violations: &violations)
        }
        return .object(result)
    }

    private func decoded(
        _ value: JSONValue, field: Field, path: String, depth: Int, violations: inout [FieldViolation]
    ) -> JSONValue? {
        switch field.shape {
        case .single:
            return decoded(value, kind: field.kind, path: path, depth: depth, violations: &violations)
        case .list:
            guard case .array(let elements) = value else {
                violations.append(
                    FieldViolation(
                        field: path,
                        message:
                            "Invalid JSON payload received. Unknown name \"\(path)\": Proto field is repeating, cannot start non-list."
                    ))
                return nil
            }
            return .array(
                elements.enumerated().compactMap { index, element in
                    decoded(
                        element, kind: field.kind, path: "\(path)[\(index)]", depth: depth, violations: &violations)
                })
        case .map:
            guard case .object(let members) = value else {
                violations.append(Self.wrongValue(value, type: "Map", path))
                return nil
            }
            var result: [String: JSONValue] = [:]
            for (key, member) in members {
                result[key] = decoded(
                    member, kind: field.kind, path: "\(path)[\(key)]", depth: depth, violations: &violations)
            }
            return .object(result)
        }
    }

    private func decoded(
        _ value: JSONValue, kind: Kind, path: String, depth: Int, violations: inout [FieldViolation]
    ) -> JSONValue? {
        func wrong(_ type: String) -> JSONValue? {
            violations.append(Self.wrongValue(value, type: type, path))
            return nil
        }
        switch kind {
        case .any: return value
        case .message(let name):
            return decoded(value, message: name, path: path, depth: depth + 1, violations: &violations)
        case .string, .bytes:
            return value.string == nil ? wrong("TYPE_STRING") : value
        case .timestamp:
            return value.string.flatMap(Timestamp.init(rfc3339:)) == nil
                ? wrong("type.googleapis.com/google.protobuf.Timestamp") : value
        case .duration:
            return value.string.flatMap(Seconds.init(parsing:)) == nil
                ? wrong("type.googleapis.com/google.protobuf.Duration") : value
        case .bool:
            return value.bool == nil ? wrong("TYPE_BOOL") : value
        case .int32:
            guard let number = value.integer, Int32(exactly: number) != nil else { return wrong("TYPE_INT32") }
            return .integer(number)
        case .int64:
            guard let number = value.integer else { return wrong("TYPE_INT64") }
            return .string(String(number))
        case .double:
            return value.double == nil ? wrong("TYPE_DOUBLE") : value
        case .enumeration(let enumeration):
            if let name = value.string, enumeration.names.contains(name) { return value }
            if case .integer(let number) = value, let name = enumeration.name(of: number) { return .string(name) }
            return wrong("TYPE_ENUM")
        }
    }

    private static func wrongValue(_ value: JSONValue, type: String, _ path: String) -> FieldViolation {
        let text = value.serialized()
        let shown = text.count > 100 ? String(text.prefix(100)) + "…" : text
        return FieldViolation(field: path, message: "Invalid value at '\(path)' (\(type)), \(shown)")
    }
}
