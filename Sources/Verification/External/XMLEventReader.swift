/// Reads XML 1.0 in UTF-8 as a stream, in memory that does not grow with the document. There is no document type:
/// entities of a document's own are how a small file becomes a large one, and no writer of test results uses them.
package struct XMLEventReader {
    private static let deepest = 64
    /// Bytes of a name, of a value, and attributes of an element. Writers put whole stack traces into attributes.
    private static let longestName = 256
    private static let longestValue = 1 << 20
    private static let mostAttributes = 128
    /// Bytes of a text that are given on at once.
    static let textPiece = 64 << 10

    /// Texts that nobody wants are checked, and not kept.
    package var givesText = false
    private let more: () throws(MalformedXML) -> [UInt8]
    var buffer: [UInt8] = []
    var index = 0
    private var offsetOfBuffer = 0
    private var isAtEnd = false
    private var open: [String] = []
    private var isEmptyElement = false
    private var sawRoot = false
    var scratch: [UInt8] = []

    /// - Parameter more: the next bytes of the document; none at its end.
    package init(_ more: @escaping () throws(MalformedXML) -> [UInt8]) {
        self.more = more
    }

    package init(_ bytes: [UInt8]) {
        self.init { [] }
        buffer = bytes
    }

    /// Nil at the end of the document.
    ///
    /// - Throws: ``MalformedXML`` for anything that is not well-formed, incomplete, of another encoding, or larger than
    ///   what a report has: 64 elements deep, 256 bytes a name, 1 MiB a value, 128 attributes an element.
    package mutating func next() throws(MalformedXML) -> XMLEvent? {
        if isEmptyElement {
            isEmptyElement = false
            return .end(name: open.removeLast())
        }
        if offset == 0 { try skipByteOrderMark() }
        while true {
            guard let byte = try peek() else {
                guard let unclosed = open.last else {
                    if sawRoot { return nil }
                    throw malformed("there is no element")
                }
                throw malformed("`<\(unclosed)>` is not closed")
            }
            guard byte == UInt8(ascii: "<") else {
                if open.isEmpty {
                    guard Self.isSpace(byte) else {
                        throw malformed(sawRoot ? "something follows the last element" : "there is no element")
                    }
                    index += 1
                    continue
                }
                if let text = try characters() { return .text(text) }
                continue
            }
            if let event = try markup() { return event }
        }
    }

    /// Behind `<`. Nil for what is no event.
    private mutating func markup() throws(MalformedXML) -> XMLEvent? {
        let start = offset
        index += 1
        switch try peek() {
        case UInt8(ascii: "/"):
            index += 1
            let name = try name()
            try skipSpace()
            guard try peek() == UInt8(ascii: ">"), let opened = open.last, opened == name else {
                throw malformed("`</\(name)>` closes `<\(open.last ?? "")>`")
            }
            index += 1
            open.removeLast()
            return .end(name: name)
        case UInt8(ascii: "?"):
            index += 1
            try instruction(at: start)
            return nil
        case UInt8(ascii: "!"):
            index += 1
            if try take("--") {
                _ = try until("-->", "a comment", keeping: 0)
                return nil
            }
            guard !open.isEmpty, try take("[CDATA[") else { throw malformed("a document type is not accepted") }
            let text = try until("]]>", "a CDATA section", keeping: givesText ? Self.textPiece : 0)
            return givesText ? .text(text) : nil
        default: return try element()
        }
    }

    private mutating func element() throws(MalformedXML) -> XMLEvent {
        guard !open.isEmpty || !sawRoot else { throw malformed("something follows the last element") }
        guard open.count < Self.deepest else {
            throw malformed("elements are nested more than \(Self.deepest) deep")
        }
        sawRoot = true
        let name = try name()
        open.append(name)
        var attributes = XMLAttributes()
        while true {
            let hadSpace = try skipSpace()
            guard let byte = try peek() else { throw malformed("`<\(name)` does not end") }
            if byte == UInt8(ascii: ">") {
                index += 1
                return .start(name: name, attributes: attributes)
            }
            if byte == UInt8(ascii: "/") {
                index += 1
                guard try peek() == UInt8(ascii: ">") else { throw malformed("`<\(name)` does not end") }
                index += 1
                isEmptyElement = true
                return .start(name: name, attributes: attributes)
            }
            guard hadSpace else { throw malformed("attributes of `<\(name)` are not apart") }
            let key = try self.name()
            try skipSpace()
            guard try peek() == UInt8(ascii: "=") else { throw malformed("`\(key)` has no value") }
            index += 1
            try skipSpace()
            guard let quote = try peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                throw malformed("the value of `\(key)` is not quoted")
            }
            index += 1
            guard attributes.count < Self.mostAttributes else {
                throw malformed("`<\(name)>` has more than \(Self.mostAttributes) attributes")
            }
            guard attributes.add(key, try value(of: key, until: quote)) else {
                throw malformed("`\(key)` is there twice")
            }
        }
    }

    private mutating func value(of key: String, until quote: UInt8) throws(MalformedXML) -> String {
        scratch.removeAll(keepingCapacity: true)
        while true {
            let run = plainRun(until: quote)
            index = run.upperBound
            guard scratch.count + run.count <= Self.longestValue else {
                throw malformed("the value of `\(key)` is longer than 1 MiB")
            }
            guard let byte = try peekBehind(run) else { throw malformed("the value of `\(key)` does not end") }
            if byte == quote {
                defer { index += 1 }
                // Mostly it is there as a whole.
                if scratch.isEmpty, run.upperBound == index { return text(run) }
                return String(decoding: scratch, as: UTF8.self)
            }
            guard byte != UInt8(ascii: "<") else { throw malformed("the value of `\(key)` holds `<`") }
            try character(byte)
        }
    }

    /// Looks at what follows a run of plain characters, which goes to the scratch unless the value ends there.
    private mutating func peekBehind(_ run: Range<Int>) throws(MalformedXML) -> UInt8? {
        if index < buffer.count, scratch.isEmpty,
            buffer[index] == UInt8(ascii: "\"") || buffer[index] == UInt8(ascii: "'")
        {
            return buffer[index]
        }
        scratch.append(contentsOf: buffer[run])
        return try peek()
    }

    /// Character data up to the next `<`; nil where it is not wanted.
    private mutating func characters() throws(MalformedXML) -> String? {
        scratch.removeAll(keepingCapacity: true)
        while true {
            let run = plainRun(until: UInt8(ascii: "<"))
            index = run.upperBound
            if givesText { scratch.append(contentsOf: buffer[run]) }
            guard let byte = try peek(), byte != UInt8(ascii: "<") else { break }
            try character(byte)
            guard scratch.count >= Self.textPiece else { continue }
            if givesText { break }
            scratch.removeAll(keepingCapacity: true)
        }
        return givesText ? String(decoding: scratch, as: UTF8.self) : nil
    }

    private mutating func name() throws(MalformedXML) -> String {
        let start = index
        var end = start
        let count = buffer.count
        buffer.withUnsafeBufferPointer { bytes in
            while end < count, bytes[end] < 0x80, Self.isName(bytes[end], isFirst: end == start) { end += 1 }
        }
        // Mostly it is there as a whole.
        if end < count, end > start, end - start <= Self.longestName, buffer[end] < 0x80 {
            index = end
            return text(start..<end)
        }
        scratch.removeAll(keepingCapacity: true)
        while let byte = try peek(), Self.isName(byte, isFirst: scratch.isEmpty) {
            if byte < 0x80 {
                scratch.append(byte)
                index += 1
            } else {
                try multibyte()
            }
            guard scratch.count <= Self.longestName else { throw malformed("a name is longer than 256 bytes") }
        }
        guard !scratch.isEmpty else { throw malformed("a name is missing") }
        return String(decoding: scratch, as: UTF8.self)
    }

    /// XML 1.0 section 2.3; beyond ASCII anything.
    private static func isName(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, UInt8(ascii: "_"), UInt8(ascii: ":"), 0x80...: true
        case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."): !isFirst
        default: false
        }
    }

    /// A processing instruction; the declaration is one by its looks.
    private mutating func instruction(at start: Int) throws(MalformedXML) {
        let text = try until("?>", "an instruction", keeping: 1024)
        guard text.hasPrefix("xml"), text.utf8.dropFirst(3).first.map(Self.isSpace) ?? true else { return }
        guard start == 0 || start == 3 && sawByteOrderMark else {
            throw malformed("the declaration is not at the beginning")
        }
        guard let key = text.firstRange(of: "encoding") else { return }
        let value = text[key.upperBound...].drop { $0 == " " || $0 == "=" }.dropFirst().prefix {
            $0 != "\"" && $0 != "'"
        }
        guard ["utf-8", "us-ascii", "ascii"].contains(value.lowercased()) else {
            throw malformed("the encoding is `\(value.prefix(40))`, not UTF-8")
        }
    }

    // MARK: - Bytes

    private var sawByteOrderMark = false

    private var offset: Int { offsetOfBuffer + index }

    func malformed(_ reason: String) -> MalformedXML { MalformedXML(reason: reason, offset: offset) }

    @inline(__always)
    mutating func peek() throws(MalformedXML) -> UInt8? {
        if index < buffer.count { return buffer[index] }
        return try refill()
    }

    private mutating func refill() throws(MalformedXML) -> UInt8? {
        guard !isAtEnd else { return nil }
        offsetOfBuffer += buffer.count
        index = 0
        buffer = try more()
        isAtEnd = buffer.isEmpty
        return buffer.first
    }

    private mutating func skipByteOrderMark() throws(MalformedXML) {
        guard try peek() == 0xEF else { return }
        for byte: UInt8 in [0xEF, 0xBB, 0xBF] {
            guard try peek() == byte else { throw malformed("there is no element") }
            index += 1
        }
        sawByteOrderMark = true
    }

    @discardableResult
    private mutating func skipSpace() throws(MalformedXML) -> Bool {
        var found = false
        while let byte = try peek(), Self.isSpace(byte) {
            index += 1
            found = true
        }
        return found
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// Takes these bytes, or nothing but what they begin with: whoever asks refuses the document then.
    private mutating func take(_ text: StaticString) throws(MalformedXML) -> Bool {
        for position in 0..<text.utf8CodeUnitCount {
            guard try peek() == text.utf8Start[position] else { return false }
            index += 1
        }
        return true
    }
}
