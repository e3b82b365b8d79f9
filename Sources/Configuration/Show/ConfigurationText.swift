package import JSON

/// The effective configuration, as `config show` prints it: references as written, secrets never.
package enum ConfigurationText {
    static let hidden = "(hidden)"

    /// YAML; with `origin`, every value says where it was written.
    package static func describe(_ configuration: LoadedConfiguration, origin: Bool) -> String {
        var lines: [(text: String, origin: SourcePosition?)] = []
        write(shown(configuration.merged), indent: 0, into: &lines)
        guard origin else { return lines.map(\.text).joined(separator: "\n") }
        let width = min(60, lines.filter { $0.origin != nil }.map(\.text.count).max() ?? 0)
        return lines.map { line in
            guard let origin = line.origin else { return line.text }
            let padding = String(repeating: " ", count: max(0, width - line.text.count) + 2)
            return "\(line.text)\(padding)# \(origin.file):\(origin.line)"
        }.joined(separator: "\n")
    }

    /// The same as a JSON value: the document, and with `origin` a table path → `file:line`.
    package static func json(_ configuration: LoadedConfiguration, origin: Bool) -> JSONValue {
        var document: JSONValue = [
            "environment": .string(configuration.environment.name), "configuration": json(shown(configuration.merged)),
        ]
        if origin {
            let origins = configuration.provenance.mapValues { JSONValue.string("\($0.file):\($0.line)") }
            document["origins"] = .object(origins)
        }
        return document
    }

    // MARK: - What may be shown

    /// The document with references as they were written and without values that a name gives away as secret.
    private static func shown(_ node: ConfigurationNode, key: String = "", isSecret: Bool = false)
        -> ConfigurationNode
    {
        var node = node
        switch node.content {
        case .mapping(let entries):
            // Below `env`, a build's `args` and a probe's `headers`, keys are names that people chose.
            let holdsVariables = ["env", "args", "headers"].contains(key)
            node.content = .mapping(
                entries.map { entry in
                    var entry = entry
                    // The header is a session's secret; a variable that is called so is rarely one.
                    let isCookie = key == "headers" && entry.key.lowercased() == "cookie"
                    entry.value = shown(
                        entry.value, key: entry.key,
                        isSecret: holdsVariables && SensitiveName.matches(entry.key) || isCookie)
                    return entry
                })
        case .sequence(let elements):
            node.content = .sequence(elements.map { shown($0) })
        case .scalar(var scalar):
            if let written = scalar.written {
                scalar = ConfigurationScalar(written, isPlain: false)
            } else if isSecret {
                scalar = ConfigurationScalar(hidden, isPlain: false)
            }
            node.content = .scalar(scalar)
        }
        return node
    }

    // MARK: - YAML

    private static func write(
        _ node: ConfigurationNode, indent: Int, into lines: inout [(text: String, origin: SourcePosition?)]
    ) {
        let margin = String(repeating: " ", count: indent)
        for entry in node.entries {
            let key = "\(margin)\(spelled(ConfigurationScalar(entry.key))):"
            switch entry.value.content {
            case .scalar(let scalar): lines.append(("\(key) \(spelled(scalar))", entry.value.position))
            case .sequence: lines.append(("\(key) \(flow(entry.value))", entry.value.position))
            case .mapping(let entries) where entries.isEmpty: lines.append(("\(key) {}", entry.value.position))
            case .mapping:
                lines.append((key, nil))
                write(entry.value, indent: indent + 2, into: &lines)
            }
        }
    }

    private static func flow(_ node: ConfigurationNode) -> String {
        switch node.content {
        case .scalar(let scalar): spelled(scalar)
        case .sequence(let elements): "[\(elements.map(flow).joined(separator: ", "))]"
        case .mapping(let entries):
            "{\(entries.map { "\(spelled(ConfigurationScalar($0.key))): \(flow($0.value))" }.joined(separator: ", "))}"
        }
    }

    /// In quotes wherever a reader could take the text for something else.
    static func spelled(_ scalar: ConfigurationScalar) -> String {
        if scalar.isPlain, scalar.kind != .text { return scalar.kind == .null ? "null" : scalar.text }
        let isSimple =
            ConfigurationScalar(scalar.text).kind == .text
            && scalar.text.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "._/-".utf8.contains($0)
            } && scalar.text.utf8.first.map { (0x61...0x7A).contains($0 | 0x20) || [0x2F, 0x2E].contains($0) } ?? false
        return isSimple ? scalar.text : JSONValue.string(scalar.text).serialized()
    }

    static func json(_ node: ConfigurationNode) -> JSONValue {
        switch node.content {
        case .mapping(let entries):
            .object(
                Dictionary(entries.map { ($0.key, json($0.value)) }, uniquingKeysWith: { _, last in last }))
        case .sequence(let elements): .array(elements.map(json))
        case .scalar(let scalar):
            switch scalar.kind {
            case .null: .null
            case .boolean(let value): .bool(value)
            case .integer(let value): .integer(Int64(value))
            case .number(let value): .number(value)
            case .text: .string(scalar.text)
            }
        }
    }
}
