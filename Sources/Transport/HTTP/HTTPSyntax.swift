/// What may stand in a request line or a header field (RFC 9110 section 5.6.2): nothing that could end it early.
enum HTTPSyntax {
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { isTokenByte($0) }
    }

    static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }

    /// The first field that cannot be sent, with the reason.
    static func findFault(in headers: HTTPHeaders) -> String? {
        for field in headers.fields {
            if !isToken(field.name) { return "`\(field.name.prefix(80))` is not a header name" }
            if !isFieldValue(field.value) { return "header `\(field.name)` holds a control character" }
        }
        return nil
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
