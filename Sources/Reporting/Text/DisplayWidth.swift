/// How many columns of a terminal a text takes: its characters are not all one wide.
package enum DisplayWidth {
    package static func of(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + of($1) }
    }

    /// How many lines of a terminal a text takes: a wide character never stands half in one and half in the next.
    static func lines(of text: String, in columns: Int) -> Int {
        var (lines, column) = (1, 0)
        for character in text {
            let width = of(character)
            if column + width > columns { (lines, column) = (lines + 1, 0) }
            column += width
        }
        return lines
    }

    /// The text, or as much of its start as fits with an ellipsis behind it.
    package static func clipped(_ text: String, to columns: Int) -> String {
        guard of(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var result = ""
        var room = columns - 1
        for character in text {
            room -= of(character)
            guard room >= 0 else { break }
            result.append(character)
        }
        return result + "…"
    }

    package static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - of(text)))
    }

    private static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        // An emoji style asked for makes a narrow sign a wide one.
        if scalars.contains("\u{FE0F}") || isWide(first) { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return 1
        }
    }

    /// East Asian Width W and F (Unicode Standard Annex #11) by block, and what is shown as an emoji by itself.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            true
        default:
            scalar.properties.isEmojiPresentation
        }
    }
}
