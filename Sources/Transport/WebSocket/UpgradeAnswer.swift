import NIOCore

/// The head of a server's answer to the opening handshake (RFC 9112 sections 2.1, 4 and 5).
struct UpgradeAnswer: Hashable, Sendable {
    struct Malformed: Error, Hashable, Sendable {
        var reason: String
    }

    /// `HTTP/1.0`, `HTTP/1.1`.
    var version: String
    var status: Int
    var headers: HTTPHeaders

    fileprivate init(_ head: ByteBufferView) throws(Malformed) {
        let lines = head.split(separator: UInt8(ascii: "\n")).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        (version, status) = try Self.statusLine(lines.first ?? [])
        var fields: [HTTPHeaders.Field] = []
        for line in lines.dropFirst() where !line.isEmpty { fields.append(try Self.field(line)) }
        headers = HTTPHeaders(fields)
    }

    private static func statusLine(_ line: ByteBufferView) throws(Malformed) -> (String, Int) {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard words.count >= 2, words[0].utf8.count == 8, words[1].utf8.count == 3,
            let status = Int(words[1]), (100...599).contains(status)
        else { throw Malformed(reason: "the answer has no status line of HTTP/1") }
        return (words[0], status)
    }

    private static func field(_ line: ByteBufferView) throws(Malformed) -> HTTPHeaders.Field {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw Malformed(reason: "a header line of the answer has no colon")
        }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        // A space before the colon, or at the start of a line (obsolete folding), is how requests are smuggled
        // (RFC 9112 sections 5.1 and 5.2).
        guard HTTPSyntax.isToken(name) else {
            throw Malformed(reason: "a header line of the answer has no name before its colon")
        }
        var value = line[line.index(after: colon)...]
        let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        while let first = value.first, blanks.contains(first) { value = value.dropFirst() }
        while let last = value.last, blanks.contains(last) { value = value.dropLast() }
        let text = String(decoding: value, as: UTF8.self)
        guard HTTPSyntax.isFieldValue(text) else {
            throw Malformed(reason: "header `\(name)` of the answer holds a control character")
        }
        return HTTPHeaders.Field(name, text)
    }
}

/// Cuts heads off the bytes of a server, however they come.
struct UpgradeAnswerReader {
    /// A server that never ends its head cannot fill the memory.
    static let longestHead = 64 << 10

    /// What has come and is no part of a head that was taken.
    private(set) var rest = ByteBuffer()
    /// Looked at for the end of the head.
    private var scanned = 0
    private var lineIsEmpty = false

    mutating func append(_ bytes: ByteBuffer) {
        rest.writeImmutableBuffer(bytes)
    }

    /// The next head once it is whole; nil until then.
    mutating func next() throws(UpgradeAnswer.Malformed) -> UpgradeAnswer? {
        let view = rest.readableBytesView
        guard zip(view, "HTTP/1.".utf8).allSatisfy({ $0 == $1 }) else {
            throw UpgradeAnswer.Malformed(reason: "the answer is not HTTP/1")
        }
        guard let length = lengthOfHead(view.prefix(Self.longestHead)) else {
            guard view.count >= Self.longestHead else { return nil }
            throw UpgradeAnswer.Malformed(
                reason: "the head of the answer is larger than \(Self.longestHead >> 10) KiB")
        }
        let answer = try UpgradeAnswer(view.prefix(length))
        rest.moveReaderIndex(forwardBy: length)
        (scanned, lineIsEmpty) = (0, false)
        return answer
    }

    /// For the bytes after the last head.
    mutating func withRest(_ body: (inout ByteBuffer) -> Void) {
        body(&rest)
    }

    /// Up to and with the empty line. A line may end with LF alone (RFC 9112 section 2.2).
    private mutating func lengthOfHead(_ bytes: ByteBufferView) -> Int? {
        for byte in bytes.dropFirst(scanned) {
            scanned += 1
            switch byte {
            case UInt8(ascii: "\n"):
                if lineIsEmpty { return scanned }
                lineIsEmpty = true
            case UInt8(ascii: "\r"): continue
            default: lineIsEmpty = false
            }
        }
        return nil
    }
}

extension HTTPHeaders {
    /// The members of a list that one or several fields of that name hold (RFC 9110 section 5.6.1).
    func members(of name: String) -> [String] {
        values(of: name).flatMap { value in
            value.split(separator: ",").map { member in
                String(member.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            }
        }
    }

    func values(of name: String) -> [String] {
        let wanted = name.lowercased()
        return fields.filter { $0.name.lowercased() == wanted }.map(\.value)
    }
}
