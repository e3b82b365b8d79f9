/// Where something is written. Lines and columns start at 1; columns count Unicode scalars.
package struct SourcePosition: Codable, Hashable, Sendable {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// One value of a configuration file, with the place it came from.
package struct ConfigurationNode: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case mapping([ConfigurationEntry])
        case sequence([ConfigurationNode])
        case scalar(ConfigurationScalar)
    }

    package var content: Content
    package var position: SourcePosition

    package init(_ content: Content, at position: SourcePosition) {
        self.content = content
        self.position = position
    }
}

/// A key of a mapping with its value, in file order.
package struct ConfigurationEntry: Hashable, Sendable {
    package var key: String
    package var keyPosition: SourcePosition
    package var value: ConfigurationNode

    package init(key: String, keyPosition: SourcePosition, value: ConfigurationNode) {
        self.key = key
        self.keyPosition = keyPosition
        self.value = value
    }
}

extension ConfigurationNode {
    /// The value of a key; nil for a missing key and for anything but a mapping.
    package subscript(_ key: String) -> ConfigurationNode? {
        entries.first { $0.key == key }?.value
    }

    package var entries: [ConfigurationEntry] {
        if case .mapping(let entries) = content { entries } else { [] }
    }

    package var elements: [ConfigurationNode] {
        if case .sequence(let elements) = content { elements } else { [] }
    }

    package var scalar: ConfigurationScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    package var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }

    package var isSequence: Bool {
        if case .sequence = content { true } else { false }
    }

    /// The text of a scalar, whatever its type; nil for null and for anything but a scalar.
    package var text: String? {
        guard let scalar, scalar.kind != .null else { return nil }
        return scalar.text
    }

    package var boolean: Bool? {
        if case .boolean(let value)? = scalar?.kind { value } else { nil }
    }

    package var integer: Int? {
        if case .integer(let value)? = scalar?.kind { value } else { nil }
    }

    /// A length of time such as `300ms`.
    package var milliseconds: Int? {
        scalar.flatMap { DurationText.milliseconds($0.text) }
    }

    /// A percentage, `25` or `25%`.
    package var percent: Int? {
        guard let text else { return nil }
        return Int(text.hasSuffix("%") ? String(text.dropLast()) : text)
    }

    /// The texts of a sequence of scalars; nil where there is no sequence.
    package var texts: [String]? {
        guard isSequence else { return nil }
        return elements.compactMap(\.text)
    }

    /// The same node with other children, each known by its path; a scalar has none.
    package func mapChildren(
        at path: String, _ change: (_ child: ConfigurationNode, _ path: String) -> ConfigurationNode
    ) -> ConfigurationNode {
        var node = self
        switch content {
        case .mapping(let entries):
            node.content = .mapping(
                entries.map { entry in
                    var entry = entry
                    entry.value = change(entry.value, SchemaValidator.join(path, entry.key))
                    return entry
                })
        case .sequence(let elements):
            node.content = .sequence(
                elements.enumerated().map { change($1, SchemaValidator.join(path, String($0))) })
        case .scalar: break
        }
        return node
    }

    /// What a person calls this kind of value.
    package var kindName: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar): scalar.kindName
        }
    }
}
