import JSON

/// What an expression comes to. Unknown is an answer: it says nothing, and whoever asks says nothing either.
enum HCLValue: Hashable, Sendable {
    case known(JSONValue)
    /// A list whose elements may each be unknown.
    case list([HCLValue])
    case object([String: HCLValue])
    case unknown

    init(_ value: JSONValue) {
        switch value {
        case .array(let elements): self = .list(elements.map(HCLValue.init))
        case .object(let members): self = .object(members.mapValues(HCLValue.init))
        default: self = .known(value)
        }
    }

    /// Without the parts that are unknown; nil for what is unknown itself.
    var json: JSONValue? {
        switch self {
        case .known(let value): value
        case .list(let elements): .array(elements.compactMap(\.json))
        case .object(let members): .object(members.compactMapValues(\.json))
        case .unknown: nil
        }
    }

    /// As a template writes it; nil for what is unknown or no text.
    var text: String? {
        switch self {
        case .known(.string(let text)): text
        case .known(.bool(let flag)): flag ? "true" : "false"
        case .known(let value): value == .null ? nil : value.serialized()
        case .list, .object, .unknown: nil
        }
    }

    var bool: Bool? {
        switch text {
        case "true": true
        case "false": false
        default: nil
        }
    }

    var number: Double? {
        guard case .known(let value) = self else { return nil }
        return value.double ?? value.string.flatMap(Double.init)
    }

    var elements: [HCLValue]? {
        switch self {
        case .list(let elements): elements
        case .object(let members): members.sorted { $0.key < $1.key }.map(\.value)
        case .known, .unknown: nil
        }
    }

    subscript(_ name: String) -> HCLValue {
        guard case .object(let members) = self else { return .unknown }
        return members[name] ?? .unknown
    }
}
