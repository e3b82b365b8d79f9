/// One `${…}` in a text.
package struct Reference: Hashable, Sendable {
    /// What stands between the braces, for example `services.auth.url`.
    package var name: String
    /// What stands after `:-`, used where the name has no value.
    package var fallback: String?
}

/// A text cut at its `${…}` references.
package enum ReferenceText {
    package enum Part: Hashable, Sendable {
        case text(String)
        case reference(Reference)
        /// A `${` without its `}`.
        case unterminated
    }

    package static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var plain = ""
        var rest = text[...]
        func flush() {
            if !plain.isEmpty { parts.append(.text(plain)) }
            plain = ""
        }
        while let character = rest.first {
            guard character == "$", rest.dropFirst().first == "{" else {
                plain.append(character)
                rest = rest.dropFirst()
                continue
            }
            flush()
            guard let end = rest.firstIndex(of: "}") else {
                parts.append(.unterminated)
                return parts
            }
            let inside = rest[rest.startIndex..<end].dropFirst(2)
            parts.append(.reference(reference(String(inside))))
            rest = rest[end...].dropFirst()
        }
        flush()
        return parts
    }

    private static func reference(_ inside: String) -> Reference {
        let scalars = Array(inside)
        guard
            let index = scalars.indices.first(where: {
                scalars[$0] == ":" && $0 + 1 < scalars.count && scalars[$0 + 1] == "-"
            })
        else { return Reference(name: inside) }
        return Reference(name: String(scalars[..<index]), fallback: String(scalars[(index + 2)...]))
    }

    /// The service that `services.NAME.url` names.
    package static func service(of name: String) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "services", parts[2] == "url", !parts[1].isEmpty else { return nil }
        return String(parts[1])
    }

    /// The output that `infra.NAME` names.
    package static func output(of name: String) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "infra", StringRule.variableName.allows(String(parts[1])) else {
            return nil
        }
        return String(parts[1])
    }

    /// Every output that a text names, each once.
    package static func outputs(in text: String) -> [String] {
        var names: [String] = []
        for case .reference(let reference) in parts(of: text) {
            if let name = output(of: reference.name), !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Puts in the outputs that are known and leaves the others as they are written.
    package static func filling(outputs: [String: String], in text: String) -> String {
        parts(of: text).map { part in
            switch part {
            case .text(let plain): plain
            case .unterminated: "${"
            case .reference(let reference):
                output(of: reference.name).flatMap { outputs[$0] }
                    ?? "${\(reference.name)\(reference.fallback.map { ":-\($0)" } ?? "")}"
            }
        }.joined()
    }
}

/// Fills in what is known before anything runs: `${env.NAME}`. `${services.NAME.url}` and `${infra.NAME}` stay for run
/// time.
struct OfflineReferences {
    let variables: [String: String]
    let outputs: KnownOutputs
    private(set) var findings: [Finding] = []
    /// Paths of values that cannot be judged, since an output in them is not known.
    private(set) var unknown: Set<String> = []

    init(variables: [String: String], outputs: KnownOutputs = KnownOutputs()) {
        self.variables = variables
        self.outputs = outputs
    }

    mutating func fill(_ node: ConfigurationNode, path: String = "") -> ConfigurationNode {
        var node = node.mapChildren(at: path) { fill($0, path: $1) }
        if let scalar = node.scalar, scalar.text.contains("${") {
            node.content = .scalar(fill(scalar, of: node, path: path))
        }
        return node
    }

    private mutating func fill(_ scalar: ConfigurationScalar, of node: ConfigurationNode, path: String)
        -> ConfigurationScalar
    {
        let parts = ReferenceText.parts(of: scalar.text)
        var text = ""
        for part in parts {
            switch part {
            case .text(let plain): text += plain
            case .unterminated:
                findings.append(Finding(about: node, path: path, message: "`${` without its `}`"))
            case .reference(let reference): text += value(of: reference, in: node, path: path)
            }
        }
        guard text != scalar.text else { return scalar }
        // A value that is one reference and nothing else may be a number or a boolean.
        return ConfigurationScalar(text, isPlain: parts.count == 1, written: scalar.text)
    }

    private mutating func value(of reference: Reference, in node: ConfigurationNode, path: String) -> String {
        let written = "${\(reference.name)\(reference.fallback.map { ":-\($0)" } ?? "")}"
        if ReferenceText.service(of: reference.name) != nil, reference.fallback == nil {
            if !isVariable(path) {
                findings.append(
                    Finding(about: node, path: path, message: "`${services.NAME.url}` is for `env` alone"))
            }
            return written
        }
        if let output = ReferenceText.output(of: reference.name) {
            return value(ofOutput: output, written, reference.fallback, in: node, path: path)
        }
        if reference.name.hasPrefix("env."), StringRule.variableName.allows(String(reference.name.dropFirst(4))) {
            let name = String(reference.name.dropFirst(4))
            if let value = variables[name] ?? reference.fallback { return value }
            findings.append(
                Finding(
                    about: node, path: path, message: "the environment variable `\(name)` is not set",
                    hint: "export \(name)=…, or give a default: `${env.\(name):-value}`"))
            return ""
        }
        findings.append(
            Finding(
                about: node, path: path, message: "unknown reference \(written.quotedForMessage)",
                hint: "known: `${env.NAME}`, `${env.NAME:-default}`, `${services.NAME.url}`, `${infra.NAME}`"))
        return ""
    }

    /// In `env` it is filled in when a release is planned, or after an apply has made it.
    private mutating func value(
        ofOutput name: String, _ written: String, _ fallback: String?, in node: ConfigurationNode, path: String
    ) -> String {
        if fallback == nil, let declared = outputs.declared, !declared.contains(name) {
            unknown.insert(path)
            findings.append(
                Finding(
                    about: node, path: path, message: "Terraform's root declares no output `\(name)`",
                    hint: NearestName.hint(for: name, in: declared.sorted())))
            return written
        }
        if isVariable(path), fallback == nil { return written }
        if let value = outputs.values[name] ?? fallback { return value }
        unknown.insert(path)
        if !outputs.leavesUnknown {
            findings.append(
                Finding(
                    about: node, path: path, message: "the output `\(name)` of Terraform is not known",
                    hint: NearestName.hint(for: name, in: outputs.values.keys.sorted())
                        ?? "stagectl infra output asks for all of them and remembers them"))
        }
        return written
    }

    /// Whether a path is `services.NAME.env.…` or `services.NAME.sidecars.NAME.env.…`, the places that are filled in
    /// at run time.
    private func isVariable(_ path: String) -> Bool {
        let parts = path.split(separator: ".")
        guard parts.count >= 4, parts[0] == "services" else { return false }
        return parts[2] == "env" || (parts.count >= 6 && parts[2] == "sidecars" && parts[4] == "env")
    }
}
