/// Writes JSON piece by piece, so that a document never has to be in memory as a whole: whoever writes takes what is
/// there from time to time. Members of objects that come as values are sorted by name.
package struct JSONWriter {
    private let isPretty: Bool
    private var bytes: [UInt8] = []
    /// For each array or object that is open, whether it has an element already.
    private var hasElements: [Bool] = []
    private var isAfterName = false

    package init(pretty: Bool = false) {
        isPretty = pretty
    }

    /// How much was written since the last call of ``take()``.
    package var count: Int { bytes.count }

    /// What was written since the last call.
    package mutating func take() -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        bytes.removeAll(keepingCapacity: true)
        return text
    }

    package mutating func write(_ value: JSONValue) {
        switch value {
        case .null: word("null")
        case .bool(let flag): word(flag ? "true" : "false")
        case .integer(let value):
            beginValue()
            append(value)
        case .number(let value):
            beginValue()
            append(value)
        case .string(let text):
            beginValue()
            append(quoting: text)
        case .array(let elements):
            array { writer in
                for element in elements { writer.write(element) }
            }
        case .object(let members):
            object { writer in
                for (name, member) in members.sorted(by: { $0.key < $1.key }) { writer.member(name, member) }
            }
        }
    }

    package mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
        begin(UInt8(ascii: "["))
        try elements(&self)
        end(UInt8(ascii: "]"))
    }

    package mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        begin(UInt8(ascii: "{"))
        try members(&self)
        end(UInt8(ascii: "}"))
    }

    package mutating func member(_ name: String, _ value: JSONValue) {
        member(name)
        write(value)
    }

    /// The name of a member, whose value is written next.
    package mutating func member(_ name: String) {
        beginValue()
        append(quoting: name)
        bytes += isPretty ? " : ".utf8 : ":".utf8
        isAfterName = true
    }

    // MARK: - Layout

    private mutating func word(_ word: StaticString) {
        beginValue()
        word.withUTF8Buffer { bytes += $0 }
    }

    private mutating func beginValue() {
        if isAfterName {
            isAfterName = false
            return
        }
        guard let last = hasElements.indices.last else { return }
        if hasElements[last] { bytes.append(UInt8(ascii: ",")) }
        hasElements[last] = true
        breakLine()
    }

    private mutating func begin(_ bracket: UInt8) {
        beginValue()
        bytes.append(bracket)
        hasElements.append(false)
    }

    private mutating func end(_ bracket: UInt8) {
        let isEmpty = hasElements.popLast() == false
        // As Foundation writes it, which earlier versions did.
        if isEmpty, isPretty { bytes.append(UInt8(ascii: "\n")) }
        breakLine()
        bytes.append(bracket)
    }

    private mutating func breakLine() {
        guard isPretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        for _ in hasElements { bytes += "  ".utf8 }
    }

    // MARK: - Scalars

    private mutating func append(_ value: Int64) {
        bytes += String(value).utf8
    }

    /// The shortest digits that read back as the same number.
    private mutating func append(_ value: Double) {
        guard value.isFinite else {
            bytes += "null".utf8
            return
        }
        let text = value.description
        bytes += text.hasSuffix(".0") ? text.dropLast(2).utf8 : text[...].utf8
    }

    private mutating func append(quoting text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { units in
            var start = 0
            for (index, unit) in units.enumerated()
            where unit < 0x20 || unit == UInt8(ascii: "\"") || unit == UInt8(ascii: "\\") {
                bytes += units[start..<index]
                append(escaping: unit)
                start = index + 1
            }
            bytes += units[start...]
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping unit: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch unit {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(unit)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            let digits = String(unit, radix: 16)
            bytes += "u00".utf8
            if digits.utf8.count == 1 { bytes.append(UInt8(ascii: "0")) }
            bytes += digits.utf8
        }
    }
}
