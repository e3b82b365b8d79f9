import Configuration

/// Fills in what is known when a file is read: `${parameters.NAME}` of a fragment, `${values.NAME}` of the
/// environment. All other references are left to the run.
///
/// A text that is one such reference and nothing else becomes the value itself, a number or a list too.
struct LoadTimeValues {
    /// By full name.
    private let values: [String: ConfigurationNode]
    /// What stands before the dot of names that are filled in; an unknown one is a mistake.
    private let namespace: String
    /// Names whose value only stands for one that nobody gave.
    private let missing: Set<String>
    private(set) var used: Set<String> = []
    /// Where such a name was filled in.
    private(set) var unfilled: Set<SourcePosition> = []
    private(set) var findings: [Finding] = []
    /// So many nodes were looked at, or filled in.
    private(set) var nodes = 0
    private let mostNodes: Int
    /// Long texts count as several nodes, so that none grows without end by being put into others.
    private static let bytesOfNode = 20

    init(
        _ values: [String: ConfigurationNode], namespace: String, missing: Set<String> = [], mostNodes: Int = .max
    ) {
        self.values = values
        self.namespace = namespace
        self.missing = missing
        self.mostNodes = mostNodes
    }

    mutating func fill(_ node: ConfigurationNode, path: String = "") -> ConfigurationNode {
        nodes += 1
        guard nodes <= mostNodes else { return node }
        var node = node.mapChildren(at: path) { fill($0, path: $1) }
        if let scalar = node.scalar, scalar.text.utf8.contains(UInt8(ascii: "$")) {
            node.content = fill(scalar, of: node, path)
        }
        return node
    }

    private mutating func fill(
        _ scalar: ConfigurationScalar, of node: ConfigurationNode, _ path: String
    ) -> ConfigurationNode.Content {
        var text = ""
        var rest = scalar.text[...]
        while let dollar = rest.firstIndex(of: "$") {
            text += rest[..<dollar]
            let after = rest[dollar...]
            // `$${` stands for the characters themselves, and is the template's to read.
            let literal = after.prefix(after.hasPrefix("$${") ? 3 : 1)
            guard literal.count == 1, after.hasPrefix("${"), let end = after.firstIndex(of: "}"),
                let name = known(after.dropFirst(2).prefix(upTo: end))
            else {
                text += literal
                rest = after.dropFirst(literal.count)
                continue
            }
            guard let value = values[name] else {
                unfilled.insert(node.position)
                findings.append(
                    Finding(
                        about: node, path: path, message: "unknown reference \("${\(name)}".quotedForMessage)",
                        hint: NearestName.hint(for: name, in: values.keys.sorted())
                            ?? "declare it under `\(namespace)`"))
                return .scalar(scalar)
            }
            used.insert(name)
            if missing.contains(name) { unfilled.insert(node.position) }
            rest = after[after.index(after: end)...]
            nodes += value.elements.count + (value.text?.utf8.count ?? 0) / Self.bytesOfNode
            guard nodes <= mostNodes else { return .scalar(scalar) }
            if text.isEmpty, rest.isEmpty { return whole(value, scalar.text) }
            guard let filled = value.text else {
                findings.append(
                    Finding(
                        about: node, path: path,
                        message: "`${\(name)}` is \(value.kindName), which has no place inside a text"))
                return .scalar(scalar)
            }
            text += filled
        }
        text += rest
        guard text != scalar.text else { return .scalar(scalar) }
        return .scalar(ConfigurationScalar(text, isPlain: false, written: scalar.written ?? scalar.text))
    }

    private func whole(_ value: ConfigurationNode, _ written: String) -> ConfigurationNode.Content {
        guard let scalar = value.scalar else { return value.content }
        return .scalar(ConfigurationScalar(scalar.text, isPlain: scalar.isPlain, written: written))
    }

    private func known(_ name: Substring) -> String? {
        name.hasPrefix(namespace + ".") ? String(name) : nil
    }
}
