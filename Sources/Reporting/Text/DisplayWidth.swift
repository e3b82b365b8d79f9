/// How many columns of a terminal a text takes: its characters are not all one wide, and colours take none.
package enum DisplayWidth {
    package static func of(_ text: String) -> Int {
        guard text.utf8.contains(where: { $0 >= 0x80 || $0 == 0x1B }) else { return text.utf8.count }
        return pieces(text).reduce(0) { $0 + $1.width }
    }

    /// How many lines of a terminal a text takes: a wide character never stands half in one and half in the next.
    static func lines(of text: String, in columns: Int) -> Int {
        var (lines, column) = (1, 0)
        for piece in pieces(text) {
            if column + piece.width > columns { (lines, column) = (lines + 1, 0) }
            column += piece.width
        }
        return lines
    }

    /// The text, or as much of its start as fits with an ellipsis behind it. Colours that it sets it also ends.
    package static func clipped(_ text: String, to columns: Int) -> String {
        guard of(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var result = ""
        var room = columns - 1
        var isCut = false
        for piece in pieces(text) {
            if piece.isColor {
                result += piece.text
            } else if !isCut {
                room -= piece.width
                if room >= 0 {
                    result += piece.text
                } else {
                    result += "…"
                    isCut = true
                }
            }
        }
        return result
    }

    package static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - of(text)))
    }

    // MARK: - Characters

    private struct Piece {
        var text: Substring
        var width: Int
        var isColor: Bool
    }

    /// Characters, and colours (`ESC [ … m`) as a whole.
    private static func pieces(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let first = rest.first {
            if first == "\u{1B}", let end = rest.firstIndex(of: "m") {
                pieces.append(Piece(text: rest[...end], width: 0, isColor: true))
                rest = rest[rest.index(after: end)...]
            } else {
                pieces.append(Piece(text: rest.prefix(1), width: of(first), isColor: false))
                rest = rest.dropFirst()
            }
        }
        return pieces
    }

    private static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        // An emoji style asked for makes a narrow sign a wide one; a skin or the second half of a flag adds nothing.
        if scalars.contains("\u{FE0F}") || first.properties.isEmojiPresentation { return 2 }
        // Terminals count each letter of a cluster that some scripts write as one character.
        return scalars.reduce(0) { $0 + of($1) }
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        // Vowels and finals of a Hangul syllable stand in its first letter's columns.
        if (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value) { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return isWide(scalar) ? 2 : 1
        }
    }

    /// East Asian Width W and F (Unicode Standard Annex #11) by block, and what is shown as an emoji by itself.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1B000...0x1B2FF,
            0x20000...0x3FFFD:
            true
        default:
            scalar.properties.isEmojiPresentation
        }
    }
}
