/// Compares a document with its schema and says everything that differs.
package struct SchemaValidator {
    /// What is looked at. A file that others are laid over may leave things out; the merged document may not.
    package struct Scope: OptionSet, Sendable {
        package var rawValue: Int

        package init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// Types, ranges, unknown keys.
        package static let shape = Scope(rawValue: 1)
        /// Keys that must be there.
        package static let presence = Scope(rawValue: 2)
        package static let all: Scope = [.shape, .presence]
    }

    package private(set) var findings: [Finding] = []
    private let scope: Scope

    package init(scope: Scope = .all) {
        self.scope = scope
    }

    /// All findings about one document.
    package static func findings(
        in document: ConfigurationDocument, schema: ObjectSchema, scope: Scope = .all
    ) -> [Finding] {
        var validator = SchemaValidator(scope: scope)
        validator.validate(document.root, as: .object(schema), path: "")
        return document.annotate(validator.findings)
    }

    package mutating func validate(_ node: ConfigurationNode, as type: SchemaType, path: String) {
        switch type {
        case .object(let schema):
            guard node.isMapping else { return refuse(node, path, expected: "a mapping") }
            validate(node, as: schema, path: path)
        case .scalarOr(let scalar, let schema):
            if node.isMapping {
                validate(node, as: schema, path: path)
            } else if node.isSequence {
                refuse(node, path, expected: "one value or a mapping")
            } else {
                validate(node, as: scalar, path: path)
            }
        case .map(let keys, let value):
            guard node.isMapping else { return refuse(node, path, expected: "a mapping") }
            for entry in node.entries {
                let path = Self.join(path, entry.key)
                if scope.contains(.shape), !keys.allows(entry.key) {
                    findings.append(
                        Finding(
                            aboutKey: entry, path: path,
                            message: "\(entry.key.quotedForMessage) is not allowed here",
                            hint: "expected \(keys.expectation)"))
                }
                validate(entry.value, as: value, path: path)
            }
        case .list(let element, let minimum):
            guard node.isSequence else { return refuse(node, path, expected: "a list", hint: listHint(node)) }
            if scope.contains(.shape), node.elements.count < minimum {
                findings.append(Finding(about: node, path: path, message: "\(name(path)) is an empty list"))
            }
            for (index, item) in node.elements.enumerated() {
                validate(item, as: element, path: Self.join(path, String(index)))
            }
        case .plainData where node.isSequence || node.isMapping:
            for (index, item) in node.elements.enumerated() {
                validate(item, as: .plainData, path: Self.join(path, String(index)))
            }
            for entry in node.entries { validate(entry.value, as: .plainData, path: Self.join(path, entry.key)) }
        default:
            guard let scalar = node.scalar, scalar.kind != .null else {
                return refuse(node, path, expected: ScalarRule(type).expectation)
            }
            guard scope.contains(.shape), let mistake = ScalarRule(type).mistake(in: scalar) else { return }
            let written = (scalar.written ?? scalar.text).quotedForMessage
            findings.append(
                Finding(
                    about: node, path: path, message: "\(name(path)) is \(written), expected \(mistake.expected)",
                    hint: mistake.hint))
        }
    }

    private mutating func validate(_ node: ConfigurationNode, as schema: ObjectSchema, path: String) {
        for entry in node.entries {
            let path = Self.join(path, entry.key)
            if let field = schema.field(entry.key) {
                validate(entry.value, as: field.type, path: path)
            } else if scope.contains(.shape) {
                findings.append(
                    Finding(
                        aboutKey: entry, path: path, message: "unknown key \(entry.key.quotedForMessage)",
                        hint: NearestName.hint(for: entry.key, in: schema.fields.map(\.key))))
            }
        }
        if scope.contains(.shape) {
            for group in schema.alternatives {
                let present = node.entries.filter { group.contains($0.key) }
                guard present.count > 1, let last = present.last else { continue }
                findings.append(
                    Finding(
                        aboutKey: last, path: Self.join(path, last.key),
                        message: "\(Self.names(present.map(\.key), "and")) exclude each other", hint: "keep one of them"
                    ))
            }
        }
        if scope.contains(.presence) {
            for field in schema.fields where field.isRequired && node[field.key] == nil {
                missing("`\(field.key)`", in: node, path, hint: field.summary)
            }
            for group in schema.oneOf where !group.contains(where: { node[$0] != nil }) {
                missing(Self.names(group, "or"), in: node, path, hint: nil)
            }
        }
    }

    private mutating func missing(_ what: String, in node: ConfigurationNode, _ path: String, hint: String?) {
        let owner = path.isEmpty ? "" : " in `\(path)`"
        findings.append(
            Finding(
                at: node.position, path: path, message: "missing \(what)\(owner)",
                hint: hint.map { "\(what): \($0)" }))
    }

    private mutating func refuse(
        _ node: ConfigurationNode, _ path: String, expected: String, hint: String? = nil
    ) {
        guard scope.contains(.shape) else { return }
        findings.append(
            Finding(
                about: node, path: path, message: "\(name(path)) is \(node.kindName), expected \(expected)", hint: hint)
        )
    }

    private func listHint(_ node: ConfigurationNode) -> String? {
        node.text.map { "write `[\($0.prefix(40))]`" }
    }

    private func name(_ path: String) -> String {
        path.isEmpty ? "the document" : "`\(path.split(separator: ".").last.map(String.init) ?? path)`"
    }

    private static func names(_ names: [String], _ conjunction: String) -> String {
        names.map { "`\($0)`" }.joined(separator: " \(conjunction) ")
    }

    /// A path one level deeper.
    package static func join(_ path: String, _ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }
}
