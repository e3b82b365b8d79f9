import JSON

/// A position in a path's text, and the tokens of RFC 9535.
struct CharacterScanner {
    private let characters: [Unicode.Scalar]
    var position = 0

    init(_ text: String) {
        characters = Array(text.unicodeScalars)
    }

    var isAtEnd: Bool { position >= characters.count }

    var peek: Unicode.Scalar? { isAtEnd ? nil : characters[position] }

    mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard characters.count - position >= wanted.count else { return false }
        guard characters[position..<position + wanted.count].elementsEqual(wanted) else { return false }
        position += wanted.count
        return true
    }

    mutating func skipBlanks() {
        while let scalar = peek, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" { position += 1 }
    }

    /// `member-name-shorthand`: a letter, `_` or anything outside ASCII first, digits after that.
    mutating func takeName() -> String? {
        var name = String.UnicodeScalarView()
        while let scalar = peek {
            let isFirst =
                scalar == "_" || scalar.value > 0x7F || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            guard isFirst || (!name.isEmpty && ("0"..."9").contains(scalar)) else { break }
            name.append(scalar)
            position += 1
        }
        return name.isEmpty ? nil : String(name)
    }

    private mutating func takeDigits() -> String {
        var digits = ""
        while let scalar = peek, ("0"..."9").contains(scalar) {
            digits.unicodeScalars.append(scalar)
            position += 1
        }
        return digits
    }

    /// An index or a slice bound: no leading zeros, no `-0`, within the exact range.
    mutating func takeInteger() throws(JSONPathError) -> Int? {
        let start = position
        let negative = take("-")
        let digits = takeDigits()
        if digits.isEmpty {
            if negative { throw unexpected("a digit") }
            return nil
        }
        let leadingZero = digits.hasPrefix("0") && (digits.count > 1 || negative)
        guard !leadingZero, let magnitude = Int(digits), magnitude <= JSONPathParser.maximumInteger else {
            throw JSONPathError(.numberOutOfRange, offset: start)
        }
        return negative ? -magnitude : magnitude
    }

    mutating func takeNumber() throws(JSONPathError) -> JSONValue {
        let start = position
        var text = take("-") ? "-" : ""
        let whole = takeDigits()
        guard !whole.isEmpty, whole == "0" || !whole.hasPrefix("0") else {
            throw JSONPathError(.numberOutOfRange, offset: start)
        }
        text += whole
        var isInteger = true
        if peek == "." {
            position += 1
            let fraction = takeDigits()
            guard !fraction.isEmpty else { throw unexpected("a digit") }
            text += "." + fraction
            isInteger = false
        }
        if peek == "e" || peek == "E" {
            position += 1
            text += "e"
            if take("-") { text += "-" } else { _ = take("+") }
            let exponent = takeDigits()
            guard !exponent.isEmpty else { throw unexpected("a digit") }
            text += exponent
            isInteger = false
        }
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw JSONPathError(.numberOutOfRange, offset: start) }
        return .number(value)
    }

    mutating func takeString() throws(JSONPathError) -> String {
        let start = position
        guard let quote = peek else { throw unexpected("a string") }
        position += 1
        var text = String.UnicodeScalarView()
        while let scalar = peek {
            position += 1
            if scalar == quote { return String(text) }
            if scalar.value < 0x20 { break }
            if scalar == "\\" {
                guard let escaped = takeEscape(quote: quote) else { break }
                text.append(escaped)
            } else {
                text.append(scalar)
            }
        }
        throw JSONPathError(.invalidString, offset: start)
    }

    private mutating func takeEscape(quote: Unicode.Scalar) -> Unicode.Scalar? {
        guard let scalar = peek else { return nil }
        position += 1
        switch scalar {
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "/", "\\", quote: return scalar
        case "u": return takeUnicodeEscape()
        default: return nil
        }
    }

    private mutating func takeUnicodeEscape() -> Unicode.Scalar? {
        guard let first = takeHexadecimal() else { return nil }
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) }
        guard take("\\u"), let second = takeHexadecimal(), (0xDC00...0xDFFF).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func takeHexadecimal() -> UInt32? {
        guard characters.count - position >= 4 else { return nil }
        var value: UInt32 = 0
        for scalar in characters[position..<position + 4] {
            guard scalar.isASCII, let digit = Character(scalar).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    func error(_ kind: JSONPathError.Kind) -> JSONPathError {
        JSONPathError(kind, offset: position)
    }

    func unexpected(_ wanted: String) -> JSONPathError {
        let found = peek.map { "`\($0)`" } ?? "the end"
        return error(.unexpected(found: found, wanted: wanted))
    }
}
