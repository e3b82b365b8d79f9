#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A part of a list. The token holds the key of the last element shown, so that changes between two pages neither
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
            throw APIError(.invalidArgument, "Invalid value for page_size: must be a number that is not negative.")
        }
        let limit = wanted == 0 ? maximum : min(wanted, maximum)
        var rest = elements[...]
        if let token, !token.isEmpty {
            guard let last = Self.key(of: token) else { throw APIError(.invalidArgument, "Invalid page token.") }
            rest = rest.drop { key($0) <= last }
        }
        self.elements = Array(rest.prefix(limit))
        nextToken = rest.count > limit ? self.elements.last.map { Self.token(key($0)) } : nil
    }

    private static var mark: String { "after:" }

    private static func token(_ key: String) -> String { Data((mark + key).utf8).base64EncodedString() }

    /// nil for a text that was never given out as a token.
    private static func key(of token: String) -> String? {
        guard token.utf8.count <= 1024, let data = Data(base64Encoded: token),
            let text = String(validating: data, as: UTF8.self), text.hasPrefix(mark)
        else { return nil }
        return String(text.dropFirst(mark.count))
    }
}
