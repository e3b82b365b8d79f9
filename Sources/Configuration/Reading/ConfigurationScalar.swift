/// A scalar as text, and what YAML 1.2 says that it is.
package struct ConfigurationScalar: Hashable, Sendable {
    /// What a plain scalar means. Quoted ones are always text; `yes`, `no`, `on`, `off` are text too, as YAML 1.2
    /// has it.
    package enum Kind: Hashable, Sendable {
        case null
        case boolean(Bool)
        case integer(Int)
        case number(Double)
        case text
    }

    package var text: String
    /// Written without quotes, so that `8080` is a number.
    package var isPlain: Bool
    /// The text before references were filled in; the only form that is ever shown.
    package var written: String?

    package init(_ text: String, isPlain: Bool = true, written: String? = nil) {
        self.text = text
        self.isPlain = isPlain
        self.written = written
    }

    package var kind: Kind {
        guard isPlain else { return .text }
        switch text {
        case "", "~", "null": return .null
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: break
        }
        // Anything longer is no number that a configuration needs, and parsing it would only cost time.
        guard text.utf8.count <= 32, text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }),
            text.utf8.contains(where: { (0x30...0x39).contains($0) })
        else { return .text }
        if let value = Int(text) { return .integer(value) }
        if let value = Double(text), value.isFinite { return .number(value) }
        return .text
    }

    package var kindName: String {
        switch kind {
        case .null: "nothing"
        case .boolean: "a boolean"
        case .integer, .number: "a number"
        case .text: "text"
        }
    }
}
