package import JSON

/// Text with `${…}` references; `$${` stands for a literal `${`.
package struct Template: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        case text(String)
        case reference(String)
    }

    /// A `${` without `}`, or nothing that can be a name between them.
    package struct Malformed: Error, Hashable, Sendable {
        package var text: String
    }

    /// A reference has no value in this run.
    package struct Unresolved: Error, Hashable, Sendable {
        package var name: String

        package init(name: String) {
            self.name = name
        }
    }

    package let source: String
    let parts: [Part]

    package init(parsing source: String) throws(Malformed) {
        var parts: [Part] = []
        var text = ""
        var rest = source[...]
        while let dollar = rest.firstIndex(of: "$") {
            text += rest[..<dollar]
            let after = rest[dollar...]
            if after.hasPrefix("$${") {
                text += "${"
                rest = after.dropFirst(3)
            } else if after.hasPrefix("${") {
                guard let end = after.firstIndex(of: "}") else { throw Malformed(text: String(after)) }
                let name = after[after.index(after.startIndex, offsetBy: 2)..<end]
                guard Self.isName(name) else { throw Malformed(text: String(after[...end])) }
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.reference(String(name)))
                rest = after[after.index(after: end)...]
            } else {
                text += "$"
                rest = after.dropFirst()
            }
        }
        text += rest
        if !text.isEmpty { parts.append(.text(text)) }
        self.source = source
        self.parts = parts
    }

    private init(source: String, parts: [Part]) {
        self.source = source
        self.parts = parts
    }

    /// Text that holds no reference, whatever it looks like.
    package static func literal(_ text: String) -> Template {
        Template(source: text, parts: text.isEmpty ? [] : [.text(text)])
    }

    private static func isName(_ name: Substring) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { scalar in
                scalar == "." || scalar == "_" || scalar == "-" || ("0"..."9").contains(scalar)
                    || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            }
    }

    package var references: [String] {
        parts.compactMap { if case .reference(let name) = $0 { name } else { nil } }
    }

    package func render(_ values: [String: String]) throws(Unresolved) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .reference(let name):
                guard let value = values[name] else { throw Unresolved(name: name) }
                text += value
            }
        }
        return text
    }
}

/// A JSON document whose strings are templates. Each was parsed when the file was read.
package struct JSONTemplate: Hashable, Sendable {
    package let value: JSONValue

    package init(_ value: JSONValue) throws(Template.Malformed) {
        for text in Self.strings(in: value) { _ = try Template(parsing: text) }
        self.value = value
    }

    package var references: [String] {
        Self.strings(in: value).flatMap { (try? Template(parsing: $0))?.references ?? [] }
    }

    package func render(_ values: [String: String]) throws(Template.Unresolved) -> JSONValue {
        try Self.render(value, values)
    }

    private static func render(
        _ value: JSONValue, _ values: [String: String]
    ) throws(Template.Unresolved) -> JSONValue {
        switch value {
        case .string(let text):
            guard let template = try? Template(parsing: text) else { return value }
            return .string(try template.render(values))
        case .array(let elements):
            var rendered: [JSONValue] = []
            for element in elements { rendered.append(try render(element, values)) }
            return .array(rendered)
        case .object(let members):
            var rendered: [String: JSONValue] = [:]
            for (name, member) in members { rendered[name] = try render(member, values) }
            return .object(rendered)
        case .null, .bool, .integer, .number:
            return value
        }
    }

    private static func strings(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(strings)
        case .object(let members): members.sorted { $0.key < $1.key }.flatMap { strings(in: $0.value) }
        case .null, .bool, .integer, .number: []
        }
    }
}
