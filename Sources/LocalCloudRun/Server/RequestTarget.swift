/// Path and query of a request, their escapes decoded once. Google takes `%41` for `A` in a path
/// (https://cloud.google.com/run/docs/known-issues); what would mean another path once it is decoded is refused.
struct RequestTarget: Hashable, Sendable {
    enum Refusal: Error, Hashable, Sendable {
        /// No path at all.
        case form
        /// `%zz`, or `%` at the end.
        case escape
        case text
        case slash
        case control
        case dots

        var message: String {
            let problem =
                switch self {
                case .form: "a path that begins with `/` is expected"
                case .escape: "a `%` must be followed by two hexadecimal digits"
                case .text: "the bytes are not UTF-8"
                case .slash: "an encoded `/` (`%2F`) cannot be part of a name"
                case .control: "control characters cannot be part of a path"
                case .dots: "`.` and `..` cannot be parts of a path"
                }
            return "The request target is malformed: \(problem)."
        }
    }

    var path: String
    var query: [String: String]

    init(_ target: String) throws(Refusal) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, first.hasPrefix("/") else { throw .form }
        path = try Self.path(first)
        query = [:]
        for pair in (parts.count == 2 ? parts[1] : "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.text(try Self.decoded(sides.first ?? "", plusIsSpace: true))
            let value = sides.count == 2 ? try Self.text(try Self.decoded(sides[1], plusIsSpace: true)) : ""
            // A mask given in several parts means all of them.
            if let before = query[name], name == "updateMask" {
                query[name] = before + "," + value
            } else {
                query[name] = value
            }
        }
    }

    private static func path(_ text: Substring) throws(Refusal) -> String {
        var segments: [String] = []
        for segment in text.split(separator: "/", omittingEmptySubsequences: false) {
            let bytes = try decoded(segment)
            guard !bytes.contains(UInt8(ascii: "/")) else { throw .slash }
            guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .control }
            let decoded = try self.text(bytes)
            guard decoded != ".", decoded != ".." else { throw .dots }
            segments.append(decoded)
        }
        return segments.joined(separator: "/")
    }

    private static func text(_ bytes: [UInt8]) throws(Refusal) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .text }
        return text
    }

    private static func decoded(_ text: Substring, plusIsSpace: Bool = false) throws(Refusal) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    throw .escape
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
