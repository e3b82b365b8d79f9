import JSON

extension FieldTable {
    /// Checks a request body as Google does and returns it normalised: JSON names, enums by name, int64 as strings,
    /// output-only fields dropped. Reports every wrong field at once.
    func decode(_ value: JSONValue, as message: String, at path: String) throws(APIError) -> JSONValue {
        guard case .object = value else {
            throw .badRequest([.unknownName("", at: "", "Root element must be a message.")])
        }
        var reading = BodyReading(table: self)
        let result = reading.message(value, message, at: path)
        guard reading.violations.isEmpty else { throw .badRequest(reading.violations) }
        return result ?? .object([:])
    }
}

/// Reads a body as Google's front end reads one into its message: protobuf's JSON parser with its writer
/// (`util/internal/proto_writer.cc`, `datapiece.cc`), whose words these are. It is lenient where that is: one value
/// stands for a list of one, and numbers, flags and enums may come as texts.
private struct BodyReading {
    let table: FieldTable
    var violations: [FieldViolation] = []

    init(table: FieldTable) {
        self.table = table
    }

    mutating func message(_ value: JSONValue, _ name: String, at path: String) -> JSONValue? {
        guard let members = value.object else {
            return wrong(value, table.typeURL(message: name), at: path)
        }
        var result: [String: JSONValue] = [:]
        for (given, member) in members.sorted(by: { $0.key < $1.key }) where given != "@type" {
            guard let (jsonName, field) = table.field(given, of: name) else {
                violations.append(.unknownName(given, at: path, "Cannot find field."))
                continue
            }
            if field.isOutputOnly || member == .null { continue }
            let place = Place(message: name, jsonName: jsonName, given: given, parent: path)
            result[jsonName] = read(member, field, at: place)
        }
        return .object(result)
    }

    /// A field where it stands.
    private struct Place {
        var message: String
        var jsonName: String
        /// As the body spells it.
        var given: String
        var parent: String
        var index: Int?

        var protoName: String { FieldTable.protoName(jsonName) }
        var path: String {
            (parent.isEmpty ? protoName : "\(parent).\(protoName)") + (index.map { "[\($0)]" } ?? "")
        }
    }

    private mutating func read(_ value: JSONValue, _ field: FieldTable.Field, at place: Place) -> JSONValue? {
        switch field.shape {
        case .single: return single(value, field.kind, at: place)
        case .list:
            guard case .array(let elements) = value else {
                return single(value, field.kind, at: place).map { .array([$0]) }
            }
            var result: [JSONValue] = []
            for (index, element) in elements.enumerated() where element != .null {
                var inner = place
                inner.index = index
                if let read = single(element, field.kind, at: inner) { result.append(read) }
            }
            return .array(result)
        case .map: return map(value, field.kind, at: place)
        }
    }

    private mutating func map(_ value: JSONValue, _ kind: FieldTable.Kind, at place: Place) -> JSONValue? {
        switch value {
        case .object(let members):
            var result: [String: JSONValue] = [:]
            for (index, (key, member)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                let inner = Place(
                    message: place.message, jsonName: "value", given: key, parent: "\(place.path)[\(index)]")
                result[key] = single(member, kind, at: inner)
            }
            return .object(result)
        case .array:
            violations.append(
                .wrongValue("Cannot bind a list to map for field '\(place.given)'.", type: "Map", at: place.path))
            return nil
        default: return wrong(value, table.typeURL(ofMap: place.jsonName, in: place.message), at: place.path)
        }
    }

    private mutating func single(_ value: JSONValue, _ kind: FieldTable.Kind, at place: Place) -> JSONValue? {
        if case .any = kind { return value }
        if case .array = value {
            violations.append(
                .unknownName(place.given, at: place.parent, "Proto field is not repeating, cannot start list."))
            return nil
        }
        if case .message(let name) = kind { return message(value, name, at: place.path) }
        if case .object = value {
            violations.append(
                .wrongValue("Starting an object on a scalar field", type: place.protoName, at: place.parent))
            return nil
        }
        return scalar(value, kind, at: place)
    }

    private mutating func scalar(_ value: JSONValue, _ kind: FieldTable.Kind, at place: Place) -> JSONValue? {
        switch kind {
        case .any, .message: return nil
        case .string: return value.string == nil ? wrong(value, "TYPE_STRING", at: place.path) : value
        case .bytes: return value.string == nil ? wrong(value, "TYPE_BYTES", at: place.path) : value
        case .timestamp:
            return timed(value, "Timestamp", at: place) { text in
                Timestamp(rfc3339: text) == nil
                    ? "Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset." : nil
            }
        case .duration:
            return timed(value, "Duration", at: place) { text in
                guard Seconds(parsing: text) == nil else { return nil }
                return text.hasSuffix("s")
                    ? "Invalid duration format, failed to parse seconds"
                    : "Illegal duration format; duration must end with 's'"
            }
        case .bool: return Self.flag(value).map { .bool($0) } ?? wrong(value, "TYPE_BOOL", at: place.path)
        case .int32:
            guard let number = value.integer, Int32(exactly: number) != nil else {
                return wrong(value, "TYPE_INT32", at: place.path)
            }
            return .integer(number)
        case .int64:
            guard let number = value.integer else { return wrong(value, "TYPE_INT64", at: place.path) }
            return .string(String(number))
        case .double: return value.double == nil ? wrong(value, "TYPE_DOUBLE", at: place.path) : value
        case .enumeration(let enumeration):
            guard let name = enumeration.name(reading: value) else {
                return wrong(value, table.typeURL(of: enumeration, in: place.message), at: place.path)
            }
            return .string(name)
        }
    }

    private mutating func timed(
        _ value: JSONValue, _ type: String, at place: Place, problem: (String) -> String?
    ) -> JSONValue? {
        let found =
            value.string.map { problem($0) }
            ?? "Invalid data type for \(type.lowercased()), value is \(FieldViolation.shown(value))"
        guard let found else { return value }
        violations.append(
            .wrongValue(
                "Field '\(place.given)', \(found)", type: "type.googleapis.com/google.protobuf.\(type)", at: place.path)
        )
        return nil
    }

    private mutating func wrong(_ value: JSONValue, _ type: String, at path: String) -> JSONValue? {
        violations.append(.wrongValue(FieldViolation.shown(value), type: type, at: path))
        return nil
    }

    /// The words of `safe_strtob`, and the numbers 0 and 1.
    static func flag(_ value: JSONValue) -> Bool? {
        switch value {
        case .bool(let flag): flag
        case .string(let text): FieldTable.flag(text)
        default: value.double == 1 ? true : value.double == 0 ? false : nil
        }
    }
}

extension FieldTable {
    /// The words that Google takes for a flag, in a body as in a query.
    static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "t", "yes", "y", "1": true
        case "false", "f", "no", "n", "0": false
        default: nil
        }
    }
}

extension FieldTable.Enumeration {
    /// By its name, in any case and with `-` for `_`, or by its number.
    fileprivate func name(reading value: JSONValue) -> String? {
        if let text = value.string {
            let upper = String(text.map { $0 == "-" ? "_" : $0.isASCII ? Character($0.uppercased()) : $0 })
            if let name = [text, upper].first(where: names.contains) { return name }
        }
        return value.integer.flatMap(name(of:))
    }
}

extension FieldViolation {
    static func unknownName(_ name: String, at path: String, _ problem: String) -> Self {
        let place = path.isEmpty ? "" : " at '\(path)'"
        return Self(
            field: path, message: "Invalid JSON payload received. Unknown name \"\(name)\"\(place): \(problem)")
    }

    static func wrongValue(_ value: String, type: String, at path: String) -> Self {
        Self(field: path, message: "Invalid value\(path.isEmpty ? "" : " at '\(path)'") (\(type)), \(value)")
    }

    /// A value as Google shows it back, nothing in it escaped.
    fileprivate static func shown(_ value: JSONValue) -> String {
        let text = value.string.map { "\"\($0)\"" } ?? value.serialized()
        return text.count > 100 ? String(text.prefix(100)) + "…" : text
    }
}
