#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Takes secret values out of text, in the forms in which they travel: plain, URL-encoded, Base64 and inside a JSON
/// string.
package struct Redactor: Hashable, Sendable {
    package static let mark = "[redacted]"
    /// Shorter values would blacken ordinary words and give the secret away by what is missing.
    package static let shortestSecret = 6

    private var forms: [String] = []

    package init(_ secrets: some Sequence<String> = []) {
        for secret in secrets { add(secret) }
    }

    /// Whether there is nothing to take out.
    package var isEmpty: Bool { forms.isEmpty }

    package mutating func add(_ secret: String) {
        guard secret.count >= Self.shortestSecret else { return }
        for form in Self.forms(of: secret) where !forms.contains(form) { forms.append(form) }
        // Longest first: a form that contains another must go as a whole.
        forms.sort { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    package mutating func merge(_ other: Redactor) {
        for form in other.forms where !forms.contains(form) { forms.append(form) }
        forms.sort { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    package func redact(_ text: String) -> String {
        guard !forms.isEmpty, !text.isEmpty else { return text }
        var bytes = Array(text.utf8)
        for form in forms {
            bytes = Self.replace(Array(form.utf8), in: bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func redact(_ text: String?) -> String? {
        text.map { redact($0) }
    }

    private static func replace(_ wanted: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard let first = wanted.first, bytes.count >= wanted.count else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == first, index + wanted.count <= bytes.count,
                bytes[index..<index + wanted.count].elementsEqual(wanted)
            {
                result += mark.utf8
                index += wanted.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}

extension Redactor {
    static func forms(of secret: String) -> [String] {
        let bytes = Array(secret.utf8)
        var forms = [secret, percentEncoded(bytes, upperCase: true), percentEncoded(bytes, upperCase: false)]
        forms.append(percentEncoded(bytes, upperCase: true).replacing("%20", with: "+"))
        forms += jsonEscaped(secret)
        for shift in 0..<3 {
            guard let form = base64(bytes, shift: shift) else { continue }
            forms.append(form)
            forms.append(form.replacing("+", with: "-").replacing("/", with: "_"))
        }
        return forms.filter { $0.count >= shortestSecret }
    }

    /// RFC 3986 section 2.1: all but the unreserved characters.
    static func percentEncoded(_ bytes: [UInt8], upperCase: Bool) -> String {
        var text = ""
        for byte in bytes {
            let scalar = Unicode.Scalar(byte)
            if byte < 0x80,
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-._~".unicodeScalars.contains(scalar)
            {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: upperCase)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }

    private static func jsonEscaped(_ secret: String) -> [String] {
        var plain = ""
        for scalar in secret.unicodeScalars {
            switch scalar {
            case "\"": plain += "\\\""
            case "\\": plain += "\\\\"
            case "\n": plain += "\\n"
            case "\r": plain += "\\r"
            case "\t": plain += "\\t"
            default: plain.unicodeScalars.append(scalar)
            }
        }
        return [plain, plain.replacing("/", with: "\\/")]
    }

    /// The characters of a Base64 text that depend on the secret alone, when `shift` bytes stand before it (as in
    /// `user:secret` of basic authentication).
    static func base64(_ bytes: [UInt8], shift: Int) -> String? {
        let encoded = Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString()
        let first = shift == 0 ? 0 : shift + 1
        // Whole groups of six bits that no following byte can change.
        let last = (shift + bytes.count) * 8 / 6
        guard last - first >= shortestSecret else { return nil }
        return String(encoded.dropFirst(first).prefix(last - first))
    }
}
