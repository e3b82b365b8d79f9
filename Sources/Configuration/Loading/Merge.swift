/// Lays one document over another: mappings are merged key by key, everything else is replaced.
package enum Merge {
    package static func merge(
        _ base: ConfigurationNode, with overlay: ConfigurationNode, schema: SchemaType
    ) -> ConfigurationNode {
        guard case .mapping(var entries) = base.content, case .mapping(let changes) = overlay.content else {
            return overlay
        }
        let object = objectSchema(schema)
        for change in changes {
            // `http` over `tcp` is a change of mind, not both.
            let replaced = Set((object?.alternatives ?? []).filter { $0.contains(change.key) }.joined())
            entries.removeAll { replaced.contains($0.key) && $0.key != change.key }
            guard let index = entries.firstIndex(where: { $0.key == change.key }) else {
                entries.append(change)
                continue
            }
            entries[index] = ConfigurationEntry(
                key: change.key, keyPosition: change.keyPosition,
                value: merge(entries[index].value, with: change.value, schema: valueType(of: change.key, in: schema)))
        }
        return ConfigurationNode(.mapping(entries), at: overlay.position)
    }

    private static func objectSchema(_ type: SchemaType) -> ObjectSchema? {
        switch type {
        case .object(let schema), .scalarOr(_, let schema): schema
        default: nil
        }
    }

    private static func valueType(of key: String, in type: SchemaType) -> SchemaType {
        if case .map(_, let value) = type { return value }
        return objectSchema(type)?.field(key)?.type ?? .scalar
    }
}

extension ConfigurationNode {
    /// The value at a path of keys.
    package func node(at path: some Sequence<String>) -> ConfigurationNode? {
        var node: ConfigurationNode? = self
        for key in path { node = node?[key] }
        return node
    }

    /// Every scalar and every empty collection with its path, in file order.
    package func leaves(path: String = "") -> [(path: String, node: ConfigurationNode)] {
        switch content {
        case .scalar: return [(path, self)]
        case .mapping(let entries) where !entries.isEmpty:
            return entries.flatMap { $0.value.leaves(path: SchemaValidator.join(path, $0.key)) }
        case .sequence(let elements) where !elements.isEmpty:
            return elements.enumerated().flatMap { $1.leaves(path: SchemaValidator.join(path, String($0))) }
        default: return [(path, self)]
        }
    }
}
