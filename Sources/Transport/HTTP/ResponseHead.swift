/// Collects the header fields of the final response from the lines that libcurl hands over.
struct ResponseHead {
    private(set) var headers = HTTPHeaders()
    private(set) var isTooLarge = false
    private var bytesLeft: Int

    init(maximumBytes: Int) {
        bytesLeft = maximumBytes
    }

    /// False when the server has sent more than it may.
    mutating func take(_ line: some Collection<UInt8>) -> Bool {
        bytesLeft -= line.count
        guard bytesLeft >= 0 else {
            isTooLarge = true
            return false
        }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // The lines before belonged to an interim response (RFC 9110 section 15.2).
            headers = HTTPHeaders()
        } else if text.hasPrefix(" ") || text.hasPrefix("\t") {
            // Obsolete line folding (RFC 9112 section 5.2) continues the value before.
            guard let last = headers.fields.indices.last else { return true }
            headers.fields[last].value += " " + Self.trim(text[...])
        } else if let colon = text.firstIndex(of: ":") {
            headers.append(Self.trim(text[..<colon]), Self.trim(text[text.index(after: colon)...]))
        }
        return true
    }

    private static func trim(_ text: Substring) -> String {
        var rest = text
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
