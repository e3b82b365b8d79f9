/// One pass over the bytes of a JSON document (RFC 8259), which are held against the grammar and nothing more lenient.
struct JSONParser {
    /// As deep as Foundation goes: a stack that overflows cannot be caught.
    private static let deepest = 512

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONValue.ParseError) -> JSONValue {
        var parser = JSONParser(bytes)
        // A byte order mark may be ignored (section 8.1).
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.index = 3 }
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.index == bytes.count else { throw parser.malformed("something follows the document") }
        return value
    }

    private func malformed(_ reason: String) -> JSONValue.ParseError {
        let before = bytes[..<min(index, bytes.count)]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = index - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
        return JSONValue.ParseError(reason: "\(reason) (line \(line), byte \(column))")
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    // MARK: - Values

    private mutating func value(depth: Int) throws(JSONValue.ParseError) -> JSONValue {
        skipSpace()
        guard let first = peek else { throw malformed("the document ends too early") }
        switch first {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw malformed("no value begins like this")
        }
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue
    ) throws(JSONValue.ParseError) -> JSONValue {
        let matches = word.withUTF8Buffer { bytes[index...].starts(with: $0) }
        guard matches else { throw malformed("no value begins like this") }
        index += word.utf8CodeUnitCount
        return value
    }

    private mutating func array(depth: Int) throws(JSONValue.ParseError) -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw malformed("an array goes on with `,` or ends with `]`") }
        return .array(elements)
    }

    private mutating func object(depth: Int) throws(JSONValue.ParseError) -> JSONValue {
        try enter(depth)
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw malformed("the name of a member is a string") }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw malformed("a name is followed by `:`") }
            let member = try value(depth: depth)
            // Of several members of one name the first counts.
            if let first = members.updateValue(member, forKey: name) { members[name] = first }
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw malformed("an object goes on with `,` or ends with `}`") }
        return .object(members)
    }

    private mutating func enter(_ depth: Int) throws(JSONValue.ParseError) {
        guard depth <= Self.deepest else { throw malformed("nested more than \(Self.deepest) levels deep") }
        index += 1
    }
}

// MARK: - Numbers

extension JSONParser {
    private mutating func skipDigits() -> Int {
        let start = index
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        return index - start
    }

    /// A number that is whole is an integer, however it is written: `1.0` and `1e2` too. Digits that are too many for
    /// one stay a number, which loses the last of them.
    private mutating func number() throws(JSONValue.ParseError) -> JSONValue {
        let start = index
        _ = take(UInt8(ascii: "-"))
        let leading = peek
        let digits = skipDigits()
        guard digits > 0 else { throw malformed("a number needs a digit") }
        guard digits == 1 || leading != UInt8(ascii: "0") else { throw malformed("a number begins with a zero") }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard skipDigits() > 0 else { throw malformed("a number needs a digit behind its point") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw malformed("an exponent needs a digit") }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw malformed("the number is too large") }
        return isWhole ? .number(value) : JSONValue(number: value)
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws(JSONValue.ParseError) -> String {
        index += 1
        let start = index
        // Most strings hold nothing that is escaped, and are taken as they stand.
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let text = try text(of: bytes[start..<index])
                index += 1
                return text
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            case 0..<0x20: throw malformed("a control character in a string must be escaped")
            default: index += 1
            }
        }
        throw malformed("a string does not end")
    }

    private func text(of part: Slice<UnsafeBufferPointer<UInt8>>) throws(JSONValue.ParseError) -> String {
        guard let text = String(validating: part, as: UTF8.self) else { throw malformed("a string is not UTF-8") }
        return text
    }

    private mutating func escapedString(from start: Int) throws(JSONValue.ParseError) -> String {
        var result = try text(of: bytes[start..<index])
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return result
            case UInt8(ascii: "\\"):
                index += 1
                result.unicodeScalars.append(try escaped())
            case 0..<0x20:
                throw malformed("a control character in a string must be escaped")
            default:
                let part = index
                while let byte = peek, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                    index += 1
                }
                result += try text(of: bytes[part..<index])
            }
        }
        throw malformed("a string does not end")
    }

    private mutating func escaped() throws(JSONValue.ParseError) -> Unicode.Scalar {
        guard let byte = peek else { throw malformed("a string does not end") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw malformed("`\\` is followed by nothing that can be escaped")
        }
    }

    /// Section 7: what is beyond the first plane comes as a pair of surrogates.
    private mutating func escapedScalar() throws(JSONValue.ParseError) -> Unicode.Scalar {
        let unit = try hexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(UInt16(unit)), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw malformed("half of a surrogate pair is no character")
        }
        let trail = try hexadecimal()
        guard UTF16.isTrailSurrogate(UInt16(trail)),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (trail - 0xDC00))
        else { throw malformed("half of a surrogate pair is no character") }
        return scalar
    }

    /// Four digits.
    private mutating func hexadecimal() throws(JSONValue.ParseError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw malformed("`\\u` is followed by four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}
