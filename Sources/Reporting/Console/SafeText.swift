/// Text from outside, made harmless for a terminal: control characters (C0, DEL, C1), bidirectional overrides, zero-width
/// and invisible characters, and piles of combining marks show as escapes (CWE-150: logs count too).
package enum SafeText {
    /// More marks on one character than any language writes reach into the lines above.
    private static let mostMarks = 4

    package static func line(_ text: String) -> String { harmless(text, keeps: []) }

    /// A text of several lines, each of them harmless; empty ones are left out.
    package static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { line(String($0)) }
    }

    /// A whole output on its way to a terminal: line ends stay, and colours where there are any; everything else that
    /// could move the cursor shows as an escape, whoever forgot that it came from outside.
    static func output(_ text: String, keepsColors: Bool) -> String {
        harmless(text, keeps: keepsColors ? ["\n", "\u{1B}"] : ["\n"])
    }

    /// A line of a tool's output: as a terminal would leave it, without colours and without what was drawn over.
    package static func output(_ text: String) -> String {
        let last = text.split(separator: "\r").last { !withoutControlSequences($0).isEmpty }
        return line(withoutControlSequences(last ?? ""))
    }

    static func escape(_ scalar: Unicode.Scalar) -> String { "\\u{" + String(scalar.value, radix: 16) + "}" }

    private static func harmless(_ text: String, keeps: Set<Unicode.Scalar>) -> String {
        // Most texts are plain, and a long one is looked at byte by byte only once.
        guard text.utf8.contains(where: { $0 < 0x20 || $0 > 0x7E }) else { return text }
        var result = String.UnicodeScalarView()
        var marks = 0
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            marks = isMark(scalar) ? marks + 1 : 0
            if scalar == "\t" {
                result.append(contentsOf: "    ".unicodeScalars)
            } else if scalar == "\u{1B}", keeps.contains(scalar), let color = color(rest) {
                result.append(scalar)
                result.append(contentsOf: color)
                rest = rest.dropFirst(color.count)
            } else if scalar != "\u{1B}", keeps.contains(scalar) {
                result.append(scalar)
            } else if isDangerous(scalar) || marks > mostMarks {
                result.append(contentsOf: escape(scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// `[ digits m`, as the palette writes it; what it ends is never more than a colour.
    private static func color(_ rest: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView? {
        guard rest.first == "[" else { return nil }
        let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) }
        guard digits.count <= 3, rest.dropFirst(1 + digits.count).first == "m" else { return nil }
        return rest.prefix(digits.count + 2)
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

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return true
        default: return false
        }
    }

    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: return false
        case 0..<0xA0: return true
        case 0x034F, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F, 0x3164, 0xFFA0, 0xFE00...0xFE0D,
            0xE0000...0xE0FFF:
            // Letters and marks that nobody sees: fillers, joiners, selectors, tags.
            return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }
}
