/// Text from outside, made harmless for a terminal: control characters (C0, DEL, C1), bidirectional overrides and
/// zero-width characters show as escapes (CWE-150: logs count too).
package enum SafeText {
    package static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isDangerous) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == "\t" {
                result += "    "
            } else if isDangerous(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A text of several lines, each of them harmless; empty ones are left out.
    package static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { line(String($0)) }
    }

    /// A line of a tool's output: as a terminal would leave it, without colours and without what was drawn over.
    package static func output(_ text: String) -> String {
        let last = text.split(separator: "\r").last { !withoutControlSequences($0).isEmpty }
        return line(withoutControlSequences(last ?? ""))
    }

    /// Without `ESC [ parameters final` (ECMA-48 section 5.4), which colours and erases.
    private static func withoutControlSequences(_ text: Substring) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\u{1B}", rest.first == "[" else {
                result.append(scalar)
                continue
            }
            rest = rest.dropFirst().drop { (0x20...0x3F).contains($0.value) }.dropFirst()
        }
        return String(result)
    }

    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
