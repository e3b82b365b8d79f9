import JSON

/// An object of which everything is read or told: what nobody took is left over.
struct UnreadFields {
    private var members: [String: JSONValue]
    private let path: String

    init(_ document: JSONValue?, path: String) {
        members = document?.object ?? [:]
        self.path = path
    }

    mutating func take(_ name: String) -> JSONValue? {
        members.removeValue(forKey: name).flatMap { Self.isNothing($0) ? nil : $0 }
    }

    /// A text that a configuration may have; another one is left.
    mutating func takeText(_ name: String, _ rule: StringRule) -> String? {
        guard let value = take(name) else { return nil }
        guard let text = value.string, rule.allows(text) else {
            leave(name, value)
            return nil
        }
        return text
    }

    /// A number that a configuration may have; another one is left.
    mutating func takeWhole(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = take(name) else { return nil }
        guard let number = value.whole(in: range) else {
            leave(name, value)
            return nil
        }
        return number
    }

    /// Puts back what was taken and cannot be said after all.
    mutating func leave(_ name: String, _ value: JSONValue?) {
        members[name] = value
    }

    mutating func drop(_ names: [String]) {
        for name in names { members[name] = nil }
    }

    func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// By name; values that are proto3's way of saying nothing are none.
    var left: [UnexpressedField] {
        members.sorted { $0.key < $1.key }.compactMap { name, value in
            Self.isNothing(value) ? nil : UnexpressedField(path: place(name), document: value)
        }
    }

    static func isNothing(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false), .integer(0), .string(""): true
        case .string(let text): text.hasSuffix("_UNSPECIFIED")
        case .array(let elements): elements.isEmpty
        case .object(let members): members.values.allSatisfy(isNothing) && members.isEmpty
        default: false
        }
    }
}

/// A field of Cloud Run's that the configuration has no key for.
package struct UnexpressedField: Codable, Hashable, Sendable {
    /// In the words of the v2 API, for example `template.vpcAccess`.
    package var path: String
    /// As JSON; without the values of variables and headers, since any of them may be a secret.
    package let value: String

    init(path: String, document: JSONValue) {
        self.path = path
        value = Self.withoutValues(document).serialized()
    }

    /// Variables and headers are objects with `name` and `value` (v2 `EnvVar`, `HTTPHeader`).
    private static func withoutValues(_ document: JSONValue) -> JSONValue {
        switch document {
        case .array(let elements): return .array(elements.map(withoutValues))
        case .object(var members):
            if members["name"]?.string != nil, members["value"] != nil { members["value"] = "…" }
            return .object(members.mapValues(withoutValues))
        default: return document
        }
    }
}
