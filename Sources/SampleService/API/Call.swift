import NIOHTTP1

/// One request at the route that it fits.
struct Call: Sendable {
    var request: Request
    /// The segments in braces, by name.
    var parameters: [String: String] = [:]
    /// Whose token came along; empty for nobody's.
    var user = ""
    /// In seconds since 1970.
    var now: Int
    /// Defects that only the handler can have; none but under a mutation.
    var defects: Set<String> = []

    var id: String { parameters["id"] ?? "" }

    /// Names, titles and messages that are longer are refused.
    static let maximumText = 8192

    /// The body as a document; null where it is none.
    var document: JSON { JSONParser.parse(request.body) ?? .null }

    /// A text of the body's object; nil where it is missing, empty or too long.
    func text(_ name: String) -> String? {
        guard let text = document[name]?.text, !text.isEmpty, text.utf8.count <= Self.maximumText else { return nil }
        return text
    }

    func integer(_ name: String) -> Int? { document[name]?.integer }

    /// A number of the query within bounds; nil where it is none, so that a caller sees a 400 and no surprise.
    func number(_ name: String, default value: Int, in range: ClosedRange<Int>) -> Int? {
        guard let text = request.query[name] else { return value }
        guard let number = Int(text), range.contains(number) else { return nil }
        return number
    }

    func isBroken(_ defect: String) -> Bool { defects.contains(defect) }
}
