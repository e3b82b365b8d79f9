import JSON

/// A list of a document whose elements become JSON only while they are written: thousands of checks are never in
/// memory as values and as text.
struct JSONList: Sendable {
    fileprivate let writeElements: @Sendable (_ write: (JSONValue) -> Void) -> Void

    init<Element: Encodable & Sendable>(_ elements: [Element], encoded: @escaping @Sendable (Element) -> JSONValue) {
        writeElements = { write in
            for element in elements { write(encoded(element)) }
        }
    }
}

extension CommandResult {
    /// As many bytes as make one write worth its while.
    private static let pieceSize = 64 << 10

    /// The document with its lists, as JSON in pieces. No value is ever cut into two, so that each piece can be
    /// searched for secrets by itself.
    func writeDocument(pretty: Bool, to take: (String) -> Void) {
        guard !lists.isEmpty, case .object(let members) = document else {
            return take(document.serialized(pretty: pretty))
        }
        var writer = JSONWriter(pretty: pretty)
        writer.object { writer in
            for name in Set(members.keys).union(lists.keys).sorted() {
                guard let list = lists[name] else {
                    writer.member(name, members[name] ?? .null)
                    continue
                }
                writer.member(name)
                writer.array { writer in
                    list.writeElements { element in
                        writer.write(element)
                        if writer.count >= Self.pieceSize { take(writer.take()) }
                    }
                }
            }
        }
        take(writer.take())
    }
}
