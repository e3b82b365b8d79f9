#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The forms in which a secret travels: as it is, and as URLs, JSON, markup, shells, hexadecimal digits and Base64
/// write it.
enum SecretForms {
    static func all(of secret: String) -> Set<String> {
        let bytes = Array(secret.utf8)
        var forms: Set<String> = [secret]
        forms.formUnion(percentEncoded(bytes))
        // A URL inside of JSON, a JSON document inside of markup: each may be written once more.
        let addresses = [true, false].map { percentEncoded(bytes, upperCase: $0, keeping: printable) }
        for text in Set(addresses + [secret]) {
            forms.insert(text)
            let json = jsonEscaped(text)
            forms.formUnion(json)
            for form in json.union([text]) { forms.formUnion(markupEscaped(form)) }
        }
        forms.formUnion(shellQuoted(secret))
        forms.insert(hexadecimal(bytes, upperCase: false))
        forms.insert(hexadecimal(bytes, upperCase: true))
        for shift in 0..<3 {
            guard let form = base64(bytes, shift: shift) else { continue }
            forms.insert(form)
            forms.insert(form.replacing("+", with: "-").replacing("/", with: "_"))
        }
        return forms
    }

    // MARK: - URLs

    /// RFC 3986 section 2.1 leaves the unreserved characters; JavaScript's `encodeURIComponent` and `encodeURI` leave
    /// more, forms write a space as `+` (URL standard, section 5.2).
    private static let unescaped = ["-._~", "-._~!'()*", "-._~!'()*;/?:@&=+$,#", "-._*"]

    /// What a request line can hold, which is all that some writers look at.
    private static let printable = String(decoding: UInt8(0x21)...UInt8(0x7E), as: UTF8.self)

    private static func percentEncoded(_ bytes: [UInt8]) -> Set<String> {
        var forms: Set<String> = []
        for kept in unescaped {
            for upperCase in [true, false] {
                let form = percentEncoded(bytes, upperCase: upperCase, keeping: kept)
                forms.insert(form)
                forms.insert(form.replacing("%20", with: "+"))
            }
        }
        return forms
    }

    static func percentEncoded(_ bytes: [UInt8], upperCase: Bool, keeping kept: String = "-._~") -> String {
        var text = ""
        for byte in bytes {
            let scalar = Unicode.Scalar(byte)
            if isLetterOrDigit(byte) || kept.utf8.contains(byte) {
                text.unicodeScalars.append(scalar)
            } else {
                text += "%" + hexadecimal([byte], upperCase: upperCase)
            }
        }
        return text
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    static func hexadecimal(_ bytes: [UInt8], upperCase: Bool) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: upperCase) }.joined()
    }

    // MARK: - JSON

    /// RFC 8259 section 7 leaves writers a choice: what else they escape, and how they write digits.
    private static func jsonEscaped(_ secret: String) -> Set<String> {
        var forms: Set<String> = []
        for others in ["", "/", "<>&", "<>&'"] {
            for isASCII in [false, true] {
                for upperCase in [false, true] {
                    forms.insert(jsonEscaped(secret, others: others, isASCII: isASCII, upperCase: upperCase))
                }
            }
        }
        return forms
    }

    private static func jsonEscaped(_ secret: String, others: String, isASCII: Bool, upperCase: Bool) -> String {
        var text = ""
        for scalar in secret.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "/" where others == "/": text += "\\/"
            case _
            where scalar.value < 0x20 || isASCII && scalar.value > 0x7E || others.unicodeScalars.contains(scalar):
                for unit in String(scalar).utf16 {
                    text += "\\u" + hexadecimal([UInt8(unit >> 8), UInt8(unit & 0xFF)], upperCase: upperCase)
                }
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    // MARK: - Markup

    private static let apostrophes = ["'", "&#39;", "&#x27;", "&apos;", "&#039;"]
    private static let quotes = ["\"", "&quot;", "&#34;"]
    private static let lineBreaks = ["\n", "&#10;", "&#xA;"]

    private static func markupEscaped(_ secret: String) -> Set<String> {
        guard secret.unicodeScalars.contains(where: { "&<>\"'\n\t\r".unicodeScalars.contains($0) }) else { return [] }
        var forms: Set<String> = []
        for apostrophe in apostrophes {
            for quote in quotes {
                for lineBreak in lineBreaks {
                    var text = ""
                    for scalar in secret.unicodeScalars {
                        switch scalar {
                        case "&": text += "&amp;"
                        case "<": text += "&lt;"
                        case ">": text += "&gt;"
                        case "'": text += apostrophe
                        case "\"": text += quote
                        case "\n": text += lineBreak
                        case "\t" where lineBreak != "\n": text += "&#9;"
                        case "\r" where lineBreak != "\n": text += "&#13;"
                        default: text.unicodeScalars.append(scalar)
                        }
                    }
                    forms.insert(text)
                }
            }
        }
        return forms
    }

    // MARK: - Shells

    /// In single quotes, in double quotes, and with backslashes as `printf %q` writes.
    private static func shellQuoted(_ secret: String) -> Set<String> {
        var inDoubleQuotes = ""
        var escaped = ""
        for scalar in secret.unicodeScalars {
            if "$`\"\\".unicodeScalars.contains(scalar) { inDoubleQuotes += "\\" }
            inDoubleQuotes.unicodeScalars.append(scalar)
            let isPlain = scalar.value > 0x7E || (scalar.value < 0x80 && isLetterOrDigit(UInt8(scalar.value)))
            if !isPlain, !"%+-./:=@_".unicodeScalars.contains(scalar) { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return [
            secret.replacing("'", with: "'\\''"), secret.replacing("'", with: "'\"'\"'"), inDoubleQuotes, escaped,
        ]
    }

    // MARK: - Base64

    /// The characters of a Base64 text that depend on the secret alone, when `shift` bytes stand before it (as in
    /// `user:secret` of basic authentication).
    static func base64(_ bytes: [UInt8], shift: Int) -> String? {
        let encoded = Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString()
        let first = shift == 0 ? 0 : shift + 1
        // Whole groups of six bits that no following byte can change.
        let last = (shift + bytes.count) * 8 / 6
        guard last - first >= Redactor.shortestSecret else { return nil }
        return String(encoded.dropFirst(first).prefix(last - first))
    }
}
