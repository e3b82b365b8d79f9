/// A part of a list. The token is the key of the last element shown, so that changes between two pages neither
/// repeat nor hide anything else.
struct Page<Element> {
    var elements: [Element]
    var nextToken: String?

    /// `elements` must be sorted so that `key` ascends.
    init(
        _ elements: [Element], key: (Element) -> String, size: String?, token: String?, maximum: Int
    ) throws(APIError) {
        var size = size ?? "0"
        if size.isEmpty { size = "0" }
        guard let wanted = Int(size), wanted >= 0 else {
            throw APIError(.invalidArgument, "Invalid value for page_size: must not be negative.")
        }
        let limit = wanted == 0 ? maximum : min(wanted, maximum)
        var rest = elements[...]
        if let token, !token.isEmpty {
            guard token.utf8.count <= 1024 else { throw APIError(.invalidArgument, "Invalid page token.") }
            rest = rest.drop { key($0) <= token }
        }
        self.elements = Array(rest.prefix(limit))
        nextToken = rest.count > limit ? self.elements.last.map(key) : nil
    }
}
