/// Why a text is no document that can be read, with the byte at which that was seen.
package struct MalformedXML: Error, Hashable, Sendable {
    package var reason: String
    package var offset: Int
}

/// A part of an XML document, in the order of the document.
package enum XMLEvent: Hashable, Sendable {
    case start(name: String, attributes: XMLAttributes)
    /// Character data; a text may come in several pieces.
    case text(String)
    case end(name: String)
}

/// The attributes of one element, in the order in which they are written.
package struct XMLAttributes: Hashable, Sendable {
    private struct Attribute: Hashable {
        var name: String
        var value: String
    }

    private var attributes: [Attribute] = []

    var count: Int { attributes.count }

    package subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

    /// False where the name is there already.
    mutating func add(_ name: String, _ value: String) -> Bool {
        if attributes.isEmpty { attributes.reserveCapacity(4) }
        guard !attributes.contains(where: { $0.name == name }) else { return false }
        attributes.append(Attribute(name: name, value: value))
        return true
    }
}
