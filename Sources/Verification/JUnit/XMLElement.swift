/// An element of an XML document: what a report of test results needs of XML and nothing else.
package struct XMLElement: Hashable, Sendable {
    package var name: String
    package var attributes: [String: String]
    package var children: [XMLElement]
    /// All character data directly inside, joined.
    package var text: String

    package init(_ name: String, _ attributes: [String: String] = [:], children: [XMLElement] = [], text: String = "") {
        self.name = name
        self.attributes = attributes
        self.children = children
        self.text = text
    }

    package func children(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }
}

/// Why a text is no document that can be read, with the byte at which that was seen.
package struct MalformedXML: Error, Hashable, Sendable {
    package var reason: String
    package var offset: Int
}

/// Reads XML 1.0 in UTF-8 without a document type: entities of a document's own are how a small file becomes a large
/// one, and no writer of test results uses them.
package struct XMLReader {
    private static let deepest = 64
    private static let largest = 64 << 20

    private let bytes: [UInt8]
    private var index = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// - Throws: ``MalformedXML`` for anything that is not well-formed, incomplete, deeper than 64 elements or larger
    ///   than 64 MiB.
    package static func read(_ bytes: [UInt8]) throws(MalformedXML) -> XMLElement {
        guard bytes.count <= largest else {
            throw MalformedXML(reason: "the document is larger than 64 MiB", offset: 0)
        }
        var reader = XMLReader(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.index = 3 }
        try reader.skipMisc()
        guard reader.peek == UInt8(ascii: "<") else { throw reader.malformed("there is no element") }
        let root = try reader.element(depth: 0)
        try reader.skipMisc()
        guard reader.index == bytes.count else { throw reader.malformed("something follows the last element") }
        return root
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func malformed(_ reason: String) -> MalformedXML { MalformedXML(reason: reason, offset: index) }

    private func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[index...].starts(with: $0) }
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
    }

    /// Leaves the reader behind `end`, and returns what stood before it.
    private mutating func until(_ end: String, _ what: String) throws(MalformedXML) -> Range<Int> {
        let wanted = Array(end.utf8)
        var at = index
        while at + wanted.count <= bytes.count {
            if bytes[at..<at + wanted.count].elementsEqual(wanted) {
                let found = index..<at
                index = at + wanted.count
                return found
            }
            at += 1
        }
        throw malformed("\(what) does not end")
    }

    /// Declaration, comments, processing instructions and space around the root.
    private mutating func skipMisc() throws(MalformedXML) {
        while true {
            skipSpace()
            if starts(with: "<?") {
                _ = try until("?>", "an instruction")
            } else if starts(with: "<!--") {
                index += 4
                _ = try until("-->", "a comment")
            } else if starts(with: "<!") {
                throw malformed("a document type is not accepted")
            } else {
                return
            }
        }
    }

    private mutating func name() throws(MalformedXML) -> String {
        let start = index
        while let byte = peek, !" \t\r\n=/<>\"'&".utf8.contains(byte) { index += 1 }
        guard index > start else { throw malformed("a name is missing") }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func element(depth: Int) throws(MalformedXML) -> XMLElement {
        guard depth < Self.deepest else { throw malformed("elements are nested more than \(Self.deepest) deep") }
        index += 1
        var element = XMLElement(try name())
        while true {
            skipSpace()
            guard let byte = peek else { throw malformed("`<\(element.name)` does not end") }
            if byte == UInt8(ascii: ">") {
                index += 1
                break
            }
            if starts(with: "/>") {
                index += 2
                return element
            }
            let key = try name()
            skipSpace()
            guard peek == UInt8(ascii: "=") else { throw malformed("`\(key)` has no value") }
            index += 1
            skipSpace()
            guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                throw malformed("the value of `\(key)` is not quoted")
            }
            index += 1
            let range = try until(quote == UInt8(ascii: "\"") ? "\"" : "'", "the value of `\(key)`")
            guard element.attributes.updateValue(try text(range), forKey: key) == nil else {
                throw malformed("`\(key)` is there twice")
            }
        }
        try content(of: &element, depth: depth)
        return element
    }

    private mutating func content(of element: inout XMLElement, depth: Int) throws(MalformedXML) {
        while true {
            let start = index
            while let byte = peek, byte != UInt8(ascii: "<") { index += 1 }
            element.text += try text(start..<index)
            guard index < bytes.count else { throw malformed("`<\(element.name)>` is not closed") }
            if starts(with: "</") {
                index += 2
                let closed = try name()
                skipSpace()
                guard closed == element.name, peek == UInt8(ascii: ">") else {
                    throw malformed("`</\(closed)>` closes `<\(element.name)>`")
                }
                index += 1
                return
            }
            if starts(with: "<![CDATA[") {
                index += 9
                element.text += String(decoding: bytes[try until("]]>", "a CDATA section")], as: UTF8.self)
            } else if starts(with: "<!--") {
                index += 4
                _ = try until("-->", "a comment")
            } else if starts(with: "<?") {
                _ = try until("?>", "an instruction")
            } else if starts(with: "<!") {
                throw malformed("a document type is not accepted")
            } else {
                element.children.append(try self.element(depth: depth + 1))
            }
        }
    }

    /// Character data with its references resolved.
    private func text(_ range: Range<Int>) throws(MalformedXML) -> String {
        guard bytes[range].contains(UInt8(ascii: "&")) else { return String(decoding: bytes[range], as: UTF8.self) }
        var result = ""
        var at = range.lowerBound
        while at < range.upperBound {
            guard bytes[at] == UInt8(ascii: "&") else {
                let next = bytes[at..<range.upperBound].firstIndex(of: UInt8(ascii: "&")) ?? range.upperBound
                result += String(decoding: bytes[at..<next], as: UTF8.self)
                at = next
                continue
            }
            guard let end = bytes[at..<range.upperBound].firstIndex(of: UInt8(ascii: ";")) else {
                throw MalformedXML(reason: "a reference does not end", offset: at)
            }
            let name = String(decoding: bytes[at + 1..<end], as: UTF8.self)
            guard let scalar = Self.scalar(name) else {
                throw MalformedXML(reason: "`&\(name.prefix(20));` is not known", offset: at)
            }
            result.unicodeScalars.append(scalar)
            at = end + 1
        }
        return result
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
}
