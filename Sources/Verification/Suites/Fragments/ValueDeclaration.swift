import Configuration

/// What a parameter of a fragment, or a value of an environment, may be.
enum ValueType: String, CaseIterable {
    case text, integer, number, boolean, duration
    /// Of scalars; a parameter alone, since an environment's values are single ones.
    case list

    var expectation: String {
        switch self {
        case .text: "text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "`true` or `false`"
        case .duration: "a duration such as `400ms`"
        case .list: "a list"
        }
    }

    func allows(_ node: ConfigurationNode) -> Bool {
        guard let scalar = node.scalar else {
            return self == .list && node.isSequence && node.elements.allSatisfy { $0.text != nil }
        }
        switch (self, scalar.kind) {
        case (_, .null), (.list, _): return false
        case (.text, _): return true
        case (.integer, .integer), (.number, .integer), (.number, .number), (.boolean, .boolean): return true
        case (.duration, _): return node.milliseconds != nil
        default: return false
        }
    }
}

/// A name that somebody else gives a value to, before a suite is read.
struct ValueDeclaration {
    var name: String
    var type: ValueType
    /// What it may be; empty for anything of its type.
    var choices: [String]
    /// Nil where it must be given.
    var fallback: ConfigurationNode?
    var entry: ConfigurationEntry
}

extension SuiteReader {
    /// Parameters or values as a file declares them.
    mutating func declarations(
        _ node: ConfigurationNode?, _ path: String, types: [ValueType]
    ) -> [ValueDeclaration] {
        guard let node, node.isMapping || mapping(node, path, keys: []) else { return [] }
        return node.entries.compactMap { entry in
            let place = join(path, entry.key)
            if !Self.isValueName(entry.key) {
                report(
                    key: entry, place, "\(entry.key.quotedForMessage) is not a name",
                    hint: "letters, digits and `_`, not starting with a digit")
            }
            let keys = ["type", "default", "one_of", "description"]
            guard mapping(entry.value, place, keys: keys, required: ["type"]),
                let name = choice(entry.value["type"], join(place, "type"), of: types.map(\.rawValue)),
                let type = ValueType(rawValue: name)
            else { return nil }
            _ = text(entry.value["description"], join(place, "description"))
            var declaration = ValueDeclaration(
                name: entry.key, type: type, choices: texts(entry.value["one_of"], join(place, "one_of")),
                fallback: nil, entry: entry)
            if let fallback = entry.value["default"],
                conforms(fallback, to: declaration, join(place, "default"))
            {
                declaration.fallback = fallback
            }
            return declaration
        }
    }

    /// Whether a value is what was declared; what is not is reported where it is written.
    mutating func conforms(
        _ value: ConfigurationNode, to declaration: ValueDeclaration, _ path: String
    ) -> Bool {
        guard declaration.type.allows(value) else {
            report(
                value, path, "`\(declaration.name)` is \(shown(value)), expected \(declaration.type.expectation)",
                hint: declaration.type == .duration && value.integer != nil ? "a duration needs a unit: `5s`" : nil)
            return false
        }
        guard !declaration.choices.isEmpty else { return true }
        for element in value.isSequence ? value.elements : [value] {
            guard choice(element, path, of: declaration.choices) != nil else { return false }
        }
        return true
    }

    static func isValueName(_ name: String) -> Bool {
        StringRule.valueName.allows(name)
    }
}
