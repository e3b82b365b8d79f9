package import JSON

/// One output of a root module, as `terraform output -json` gives it.
package struct InfrastructureOutput: Hashable, Sendable {
    package var name: String
    /// Terraform's type constraint as text: `string`, `list(string)`, `object({a=number})`.
    package var type: String
    package var isSensitive: Bool
    package var value: JSONValue

    package init(name: String, type: String, isSensitive: Bool, value: JSONValue) {
        self.name = name
        self.type = type
        self.isSensitive = isSensitive
        self.value = value
    }

    /// As `${infra.NAME}` puts it into a text; nil for lists, maps and null, which are no text.
    package var text: String? {
        switch value {
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .integer, .number: value.serialized()
        case .null, .array, .object: nil
        }
    }

    /// - Returns: by name; entries without a value are left out, which no version of Terraform writes.
    package static func list(_ document: JSONValue) -> [InfrastructureOutput] {
        (document.object ?? [:]).sorted { $0.key < $1.key }.compactMap { name, entry in
            guard let value = entry["value"] else { return nil }
            return InfrastructureOutput(
                name: name, type: entry["type"].map(typeText) ?? "dynamic",
                isSensitive: entry["sensitive"]?.bool == true, value: value)
        }
    }

    /// The type as cty writes it in JSON: a name, or a list of a constructor and its arguments.
    private static func typeText(_ type: JSONValue) -> String {
        if let name = type.string { return name }
        guard let parts = type.array, let constructor = parts.first?.string, parts.count > 1 else { return "dynamic" }
        switch constructor {
        case "object":
            let members = (parts[1].object ?? [:]).sorted { $0.key < $1.key }
            return "object({\(members.map { "\($0.key)=\(typeText($0.value))" }.joined(separator: ", "))})"
        case "tuple": return "tuple([\((parts[1].array ?? []).map(typeText).joined(separator: ", "))])"
        default: return "\(constructor)(\(typeText(parts[1])))"
        }
    }
}

extension [InfrastructureOutput] {
    /// By name, what may be shown and is text.
    package var texts: [String: String] {
        reduce(into: [:]) { texts, output in
            if !output.isSensitive, let text = output.text { texts[output.name] = text }
        }
    }
}
