/// Collects the header fields of the final response from the lines that libcurl hands over, and those that follow its
/// body.
struct ResponseHead {
    private(set) var headers = HTTPHeaders()
    private(set) var trailers = HTTPHeaders()
    private var isEnded = false
    private(set) var isTooLarge = false
    private var bytesLeft: Int

    init(maximumBytes: Int) {
        bytesLeft = maximumBytes
    }

    /// False when the server has sent more than it may.
    mutating func take(_ line: some BidirectionalCollection<UInt8>) -> Bool {
        bytesLeft -= line.count
        guard bytesLeft >= 0 else {
            isTooLarge = true
            return false
        }
        if line.starts(with: "HTTP/".utf8) {
            // The lines before belonged to an interim response (RFC 9110 section 15.2).
            headers = HTTPHeaders()
            isEnded = false
        } else if line.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) {
            isEnded = true
        } else if line.first == 0x20 || line.first == 0x09 {
            // Obsolete line folding (RFC 9112 section 5.2) continues the value before.
            guard !isEnded, let last = headers.fields.indices.last else { return true }
            headers.fields[last].value += " " + Self.text(of: line[...])
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let (name, value) = (Self.text(of: line[..<colon]), Self.text(of: line[line.index(after: colon)...]))
            if isEnded { trailers.append(name, value) } else { headers.append(name, value) }
        }
        return true
    }

    /// Without the white space around it (RFC 9110 section 5.5) and the end of the line.
    private static func text(of bytes: some BidirectionalCollection<UInt8>) -> String {
        var rest = bytes[...]
        while let first = rest.first, isWhiteSpace(first) { rest = rest.dropFirst() }
        while let last = rest.last, isWhiteSpace(last) { rest = rest.dropLast() }
        return String(decoding: rest, as: UTF8.self)
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }
}
