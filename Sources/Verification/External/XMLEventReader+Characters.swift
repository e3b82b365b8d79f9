/// Single characters of a document: which there may be, and how they are written.
extension XMLEventReader {
    /// Takes one character of text or of a value, with references resolved, into the scratch.
    mutating func character(_ byte: UInt8) throws(MalformedXML) {
        if byte == UInt8(ascii: "&") {
            index += 1
            return try reference()
        }
        guard byte >= 0x80 else {
            scratch.append(try legal(byte))
            index += 1
            return
        }
        try multibyte()
    }

    /// XML 1.0 section 2.2: of the control characters only three.
    func legal(_ byte: UInt8) throws(MalformedXML) -> UInt8 {
        guard byte >= 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else {
            throw malformed("control character \(byte) is not allowed in XML")
        }
        return byte
    }

    /// A character of several bytes (RFC 3629 section 4), refused where it is none or where XML has none such.
    mutating func multibyte() throws(MalformedXML) {
        guard let first = try peek() else { return }
        let count: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: count = 2
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: count = 3
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: count = 4
        default: throw malformed("it is not UTF-8")
        }
        scratch.append(first)
        index += 1
        for position in 1..<count {
            guard let byte = try peek(), (position == 1 ? second : 0x80...0xBF).contains(byte) else {
                throw malformed("it is not UTF-8")
            }
            scratch.append(byte)
            index += 1
        }
        if count == 3,
            scratch.suffix(3).elementsEqual([0xEF, 0xBF, 0xBE]) || scratch.suffix(3).elementsEqual([0xEF, 0xBF, 0xBF])
        {
            throw malformed("it holds a character that is none")
        }
    }

    /// Behind `&`.
    private mutating func reference() throws(MalformedXML) {
        var name: [UInt8] = []
        while true {
            guard let byte = try peek() else { throw malformed("a reference does not end") }
            index += 1
            if byte == UInt8(ascii: ";") { break }
            name.append(byte)
            guard name.count <= 16 else { throw malformed("a reference does not end") }
        }
        let text = String(decoding: name, as: UTF8.self)
        guard let scalar = Self.scalar(text) else { throw malformed("`&\(text);` is not known") }
        guard scalar.value >= 0x20 || [0x09, 0x0A, 0x0D].contains(scalar.value),
            scalar.value != 0xFFFE, scalar.value != 0xFFFF
        else { throw malformed("`&\(text);` is no character of XML") }
        scratch.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private static func scalar(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": "&"
        case "lt": "<"
        case "gt": ">"
        case "quot": "\""
        case "apos": "'"
        case _ where name.hasPrefix("#x"): UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
        case _ where name.hasPrefix("#"): UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init)
        default: nil
        }
    }

    /// From here on, what is ASCII and means nothing by itself, as far as it is here.
    func plainRun(until end: UInt8) -> Range<Int> {
        let start = index
        return buffer.withUnsafeBufferPointer { bytes in
            var at = start
            while at < bytes.count {
                let byte = bytes[at]
                guard byte < 0x80, byte >= 0x20 || Self.isSpace(byte), byte != UInt8(ascii: "&"),
                    byte != UInt8(ascii: "<"), byte != end
                else { break }
                at += 1
            }
            return start..<at
        }
    }

    func text(_ range: Range<Int>) -> String {
        buffer.withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }

    /// Leaves the reader behind `end`, and returns the beginning of what stood before it.
    mutating func until(
        _ end: StaticString, _ what: String, keeping limit: Int
    ) throws(MalformedXML) -> String {
        let count = end.utf8CodeUnitCount
        scratch.removeAll(keepingCapacity: true)
        var kept: [UInt8] = []
        while let byte = try peek() {
            if byte < 0x80 {
                scratch.append(try legal(byte))
                index += 1
            } else {
                try multibyte()
            }
            if scratch.count >= count,
                scratch.suffix(count).elementsEqual(UnsafeBufferPointer(start: end.utf8Start, count: count))
            {
                kept += scratch.dropLast(count).prefix(max(0, limit - kept.count))
                return String(decoding: kept, as: UTF8.self)
            }
            // What may be the beginning of the end stays.
            if scratch.count >= Self.textPiece {
                kept += scratch.dropLast(count).prefix(max(0, limit - kept.count))
                scratch.removeFirst(scratch.count - count)
            }
        }
        throw malformed("\(what) does not end")
    }
}
