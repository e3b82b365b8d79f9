/// What the discovery document says of every message: its fields, their kinds, and which of them only the server sets.
struct FieldTable: Sendable {
    enum Kind: Hashable, Sendable {
        case string, bytes, bool, int32, int64, double, timestamp, duration
        /// Anything; `@type` says what.
        case any
        case enumeration(Enumeration)
        case message(String)
    }

    enum Shape: Hashable, Sendable {
        case single, list, map
    }

    struct Field: Hashable, Sendable {
        var kind: Kind
        var shape: Shape
        var isOutputOnly: Bool
    }

    struct Enumeration: Hashable, Sendable {
        var names: [String]
        /// By position; nil where the number is not known.
        var numbers: [Int64?]

        func name(of number: Int64) -> String? {
            numbers.firstIndex(of: number).map { names[$0] }
        }

        func number(of name: String) -> Int64? {
            names.firstIndex(of: name).flatMap { numbers[$0] }
        }
    }

    /// The version of the API that the messages belong to.
    enum Package: Hashable, Sendable {
        case v1, v2, logging
    }

    let package: Package
    var messages: [String: [String: Field]]

    /// Parsed at first use: some 60 lines.
    static let runV2 = FieldTable(parsing: RunV2Fields.table, package: .v2)

    static let runV1 = FieldTable(parsing: RunV1Fields.table, package: .v1)

    init(parsing table: String, package: Package) {
        self.package = package
        messages = [:]
        var current = ""
        for line in table.split(separator: "\n") {
            var words = line.split(separator: " ")
            if !line.hasPrefix(" "), let name = words.first {
                current = String(name)
                messages[current] = [:]
                words.removeFirst()
            }
            for word in words {
                guard let colon = word.firstIndex(of: ":") else { continue }
                var name = word[..<colon]
                let isOutputOnly = name.first == "!"
                if isOutputOnly { name = name.dropFirst() }
                var kind = word[word.index(after: colon)...]
                let shape: Shape = kind.first == "*" ? .list : kind.first == "%" ? .map : .single
                if shape != .single { kind = kind.dropFirst() }
                messages[current]?[String(name)] = Field(
                    kind: Self.kind(kind), shape: shape, isOutputOnly: isOutputOnly)
            }
        }
    }

    private static func kind(_ text: Substring) -> Kind {
        switch text {
        case "string": .string
        case "bytes": .bytes
        case "bool": .bool
        case "int32": .int32
        case "int64": .int64
        case "double": .double
        case "timestamp": .timestamp
        case "duration": .duration
        case "any": .any
        case _ where text.first == "(": .enumeration(enumeration(text.dropFirst().dropLast()))
        default: .message(String(text))
        }
    }

    private static func enumeration(_ text: Substring) -> Enumeration {
        let hasNumbers = text.contains("=")
        var result = Enumeration(names: [], numbers: [])
        for (position, part) in text.split(separator: "|").enumerated() {
            let pair = part.split(separator: "=")
            result.names.append(String(pair.first ?? part))
            result.numbers.append(hasNumbers ? (pair.count == 2 ? Int64(pair[1]) : nil) : Int64(position))
        }
        return result
    }
}

extension FieldTable {
    /// A field by its JSON name or, as proto3 JSON allows, by its name in the .proto file (`service_account`).
    func field(_ name: String, of message: String) -> (name: String, field: Field)? {
        guard let fields = messages[message] else { return nil }
        if let field = fields[name] { return (name, field) }
        guard name.contains("_") else { return nil }
        var camel = ""
        var upper = false
        for character in name {
            if character == "_" {
                upper = true
            } else {
                camel += upper ? character.uppercased() : String(character)
                upper = false
            }
        }
        return fields[camel].map { (camel, $0) }
    }
}
