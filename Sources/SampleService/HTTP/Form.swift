/// Fields of `application/x-www-form-urlencoded` (a query has the same syntax), in order and with repetitions: OAuth
/// wants a parameter that is there twice refused (RFC 6749 section 3.1).
struct Form: Sendable {
    private static let capacity = 64

    private(set) var fields: [(name: String, value: String)] = []

    init(_ text: some StringProtocol) {
        for pair in text.split(separator: "&").prefix(Self.capacity) {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields.append((Self.decoded(sides[0]), sides.count > 1 ? Self.decoded(sides[1]) : ""))
        }
    }

    /// The first value; nil when it is absent or empty.
    subscript(_ name: String) -> String? {
        fields.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    var hasRepetition: Bool {
        Set(fields.map(\.name)).count < fields.count
    }

    /// Percent-encoded for a query: everything that is not unreserved (RFC 3986 section 2.3).
    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if byte < 0x80,
                "-._~".unicodeScalars.contains(scalar) || ("0"..."9").contains(scalar)
                    || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            {
                result.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count < 2 ? "0" : "") + digits
            }
        }
        return result
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        Request.decoded(String(text.map { $0 == "+" ? " " : $0 }))
    }
}
